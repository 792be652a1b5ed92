/**
 * Stable names of what can be wrong with a request of an application: the error log and the
 * authorize-URL checker speak of the same things in the same words (`insights.reason.*`).
 */
export const REASONS = [
  // The authorization request, also when it is pushed.
  'parameter_missing',
  'parameter_twice',
  'control_characters',
  'redirect_uri_mismatch',
  'redirect_uri_encoded_twice',
  'redirect_uri_cut',
  'response_type_unsupported',
  'response_mode_unsupported',
  'scope_malformed',
  'scope_separator',
  'scope_unknown',
  'scope_not_registered',
  'scope_no_default',
  'pkce_missing',
  'pkce_method_missing',
  'pkce_method_unsupported',
  'pkce_challenge_missing',
  'pkce_challenge_length',
  'pkce_challenge_characters',
  'prompt_unsupported',
  'prompt_none_not_alone',
  'request_object_unsupported',
  'request_uri_unsupported',
  'request_uri_invalid',
  'dpop_thumbprint_malformed',
  'registration_unsupported',
  'application_suspended',
  'application_disabled',
  'awaits_review',
  'interaction_needed',
  'access_denied',
  // Client authentication.
  'client_secret_wrong',
  'client_secret_none_valid',
  'client_secret_empty',
  'client_auth_missing',
  'client_auth_unexpected',
  'client_auth_twice',
  'client_id_mismatch',
  'authorization_header_malformed',
  'origin_not_allowed',
  'body_unsupported',
  // The token request.
  'grant_type_unsupported',
  'code_unknown',
  'code_expired',
  'code_reused',
  'code_redirect_uri',
  'verifier_missing',
  'verifier_wrong',
  'verifier_length',
  'verifier_characters',
  'verifier_unexpected',
  'refresh_token_unknown',
  'refresh_token_expired',
  'refresh_token_reused',
  'refresh_scope',
  'scope_withdrawn',
  'dpop_proof_missing',
  'dpop_proof_reused',
  'dpop_proof_invalid',
  'dpop_key_wrong',
  'token_of_another',
  'revoked_by_user',
  'revoked_by_client',
  'revoked_by_operator',
  'ended_by_reuse',
  'ended_by_leak',
  'user_inactive',
  'other',
] as const;

/** One of `REASONS`. */
export type Reason = (typeof REASONS)[number];

/** Tests if this version has a text for the reason. */
export function isReason(value: string): value is Reason {
  return REASONS.some((reason) => reason === value);
}
