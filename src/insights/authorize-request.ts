import type { Application } from '../applications/application.ts';
import type { Config } from '../config/config.ts';

export const AUTHORIZE_PATH = '/api/v1/oauth/authorize';

/** The parameters that this server reads; all others are ignored. */
export const KNOWN_PARAMETERS = [
  'client_id',
  'response_type',
  'redirect_uri',
  'scope',
  'resource',
  'state',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'approval_prompt',
  'response_mode',
  'dpop_jkt',
  'login_hint',
  'ui_locales',
  'display',
  'acr_values',
  'claims_locales',
  'id_token_hint',
  'max_age',
  'nonce',
  'registration',
  'request',
  'request_uri',
] as const;

export type KnownParameter = (typeof KNOWN_PARAMETERS)[number];

/** The parameters of a request; an empty one is as good as none (RFC 6749 §3.1). */
export type Parameters = Readonly<Partial<Record<KnownParameter, string>>>;

/** Application and settings that a request is checked against. */
export interface CheckedAgainst {
  readonly application: Application;
  readonly config: Pick<Config, 'issuer' | 'scopes' | 'defaultScopes'>;
  /** Those of the requested resources that are registered: key to name of the API service. */
  readonly resources: ReadonlyMap<string, string>;
}
