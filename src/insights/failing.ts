import type { Reason } from './reason.ts';

/**
 * An application has stopped working if so many of its token requests failed within half an hour, none
 * succeeded in that time, and one had succeeded in the days before.
 */
export const FAILING = { failures: 5, minutes: 30, workedDays: 7 } as const;

/**
 * Reasons that only a request with a code or token can have that was issued to the application itself.
 * Those for which a single authorization ended are left out: they are not the application's fault.
 */
export const OWN_TOKEN_REASONS = [
  'code_expired',
  'code_reused',
  'code_redirect_uri',
  'redirect_uri_mismatch',
  'pkce_missing',
  'awaits_review',
  'trust_changed',
  'verifier_missing',
  'verifier_wrong',
  'verifier_length',
  'verifier_characters',
  'verifier_unexpected',
  'refresh_token_reused',
  'refresh_scope',
  'scope_withdrawn',
  'dpop_key_wrong',
  'ended_by_reuse',
  'ended_by_leak',
] as const satisfies readonly Reason[];

/**
 * Reasons that only an authenticated request can have, if the application is confidential. An unknown
 * code, or that of another application, is none: anybody can send one to its redirect URI.
 */
export const AUTHENTICATED_REASONS = [
  'client_assertion_reused',
  'grant_type_unsupported',
  'refresh_token_unknown',
  'resource_invalid',
  'resource_unknown',
  'resource_not_allowed',
  'resource_choice_missing',
  'resource_twice',
  'dpop_proof_missing',
  'dpop_proof_reused',
  'dpop_proof_invalid',
] as const satisfies readonly Reason[];

/** Reasons that count as often as a secret of the application was sent that has expired or was deleted. */
export const SECRET_REASONS = [
  'client_secret_wrong',
  'client_secret_none_valid',
] as const satisfies readonly Reason[];
