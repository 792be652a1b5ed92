import type { Details } from './client-error.ts';
import type { Reason } from './reason.ts';

/** Remarks that are no errors. */
export const REMARKS = [
  'fits',
  'fragment_dropped',
  'endpoint_spelling',
  'client_id_fits',
  'redirect_uri_fits',
  'redirect_uri_any_port',
  'scope_fits',
  'scope_default',
  'scope_ignored',
  'resource_fits',
  'state_there',
  'state_missing',
  'state_short',
  'pkce_fits',
  'pkce_left_out',
  'challenge_not_sha256',
  'challenge_hex',
  'prompt_none',
  'prompt_fits',
  'approval_prompt_force',
  'approval_prompt_ignored',
  'response_mode_fits',
  'hint_taken',
  'max_age_honored',
  'max_age_malformed',
  'openid_ignored',
  'parameter_ignored',
  'parameter_empty',
  'parameter_similar',
  'ampersand_escaped',
  'secret_in_url',
  'verifier_in_url',
  'pushed_request',
] as const;

/** One of `REMARKS`. */
export type Remark = (typeof REMARKS)[number];

/** Problems that only a URL can have. */
export const URL_PROBLEMS = [
  'url_empty',
  'url_invalid',
  'url_too_long',
  'endpoint_origin',
  'endpoint_path',
  'client_id_foreign',
  'client_id_spelling',
] as const;

/** One of `URL_PROBLEMS`. */
export type UrlProblem = (typeof URL_PROBLEMS)[number];

/** Result of checking one component of the URL. */
export interface Finding {
  /** The name of a parameter, or `url`, `endpoint`, `application`. */
  readonly component: string;
  /** `error`: the server refuses the request. `warning`: it takes it, though something is amiss. */
  readonly verdict: 'ok' | 'info' | 'warning' | 'error';
  readonly code: Remark | UrlProblem | Reason;
  readonly details: Details;
}

/** A finding that the server refuses the request for. */
export function problem(component: string, code: Finding['code'], details: Details = {}): Finding {
  return { component, verdict: 'error', code, details };
}

/** A finding that the server does not mind. */
export function remark(
  component: string,
  verdict: 'ok' | 'info' | 'warning',
  code: Remark,
  details: Details = {},
): Finding {
  return { component, verdict, code, details };
}
