import { ownValue } from '../lib/own-value.ts';
import { asDetail, type Details } from './client-error.ts';
import type { Failure, SentParameters } from './failure.ts';
import type { Reason } from './reason.ts';
import { nearestRedirectUri, withoutValues } from './redirect-uri-difference.ts';

/** Reason of a failed request. */
export interface Diagnosis {
  readonly reason: Reason;
  readonly details: Details;
}

type Rule = readonly [
  text: RegExp,
  reason: Reason | ((failure: Failure) => Reason),
  details?: (
    failure: Failure,
    match: RegExpExecArray,
  ) => Record<string, string | string[] | undefined>,
];

const ofCode = (code: Reason, refreshToken: Reason) => (failure: Failure) =>
  failure.sent.grantType === 'refresh_token' ? refreshToken : code;

const quotedNames = (_failure: Failure, [, names = '']: RegExpExecArray) => ({
  parameters: [...names.matchAll(/'([^']*)'/g)].map(([, name = '']) => name),
});
/** The value of a parameter as it was sent. */
const sentValue =
  (name: Exclude<keyof SentParameters, 'codeChallengeLength'>) =>
  ({ sent }: Failure) => ({ sent: sent[name] });
const parameter = (_failure: Failure, [, name = '']: RegExpExecArray) => ({ parameter: name });
const scopes = ({ scope, client }: Failure) => ({
  scope,
  registered: [...(client?.scopes ?? [])],
});

/**
 * Sentences by which the provider distinguishes its errors, with our reasons. Internal details come
 * before the public description. The first match wins. oidc-provider's version is exact in
 * package.json because of them.
 */
export const RULES: readonly Rule[] = [
  [/^missing required parameters? (.*)$/, 'parameter_missing', quotedNames],
  [/^(.*) parameters? must not be provided twice$/, 'parameter_twice', quotedNames],
  [/^(\w+) contains control characters$/, 'control_characters', parameter],
  [/^redirect_uri did not match/, 'redirect_uri_mismatch', redirectUri],
  [/^unsupported response_type/, 'response_type_unsupported', sentValue('responseType')],
  [/^unsupported response_mode/, 'response_mode_unsupported', sentValue('responseMode')],
  [/^scope contains invalid characters$/, 'scope_malformed'],
  [
    /^requested scope is not known$/,
    ({ scope }) => (/[,;+]/.test(scope ?? '') ? 'scope_separator' : 'scope_unknown'),
    scopes,
  ],
  [/^requested scope is not allowed$/, 'scope_not_registered', scopes],
  [/^scope is missing/, 'scope_no_default'],
  [/^resource indicator must /, 'resource_invalid', resource],
  [/^the requested resource is not known$/, 'resource_unknown', resource],
  [/^a request must name .* resources at most$/, 'resources_too_many'],
  [/policy requires PKCE/, 'pkce_missing'],
  [/^code_challenge_method must be provided$/, 'pkce_method_missing'],
  [
    /^not supported value of code_challenge_method$/,
    'pkce_method_unsupported',
    sentValue('codeChallengeMethod'),
  ],
  [/^code_challenge must be provided with/, 'pkce_challenge_missing'],
  [
    /^code_challenge must be a string/,
    'pkce_challenge_length',
    ({ sent }) => ({ length: String(sent.codeChallengeLength) }),
  ],
  [/^code_challenge contains invalid characters$/, 'pkce_challenge_characters'],
  [/^unsupported prompt value/, 'prompt_unsupported', sentValue('prompt')],
  [/^prompt none must only be used alone$/, 'prompt_none_not_alone'],
  [/^request_uri is invalid|^invalid request_uri$/, 'request_uri_invalid'],
  [/^dpop_jkt must be/, 'dpop_thumbprint_malformed'],
  [/^the application is suspended$/, 'application_suspended'],
  [/^the application is disabled$/, 'application_disabled'],
  [/^the application awaits its review$|^awaits_review$/, 'awaits_review'],

  [
    /^invalid secret provided$/,
    ({ client }) =>
      client?.hasSecret === false ? 'client_secret_none_valid' : 'client_secret_wrong',
  ],
  [
    /^the provided authentication mechanism does not match/,
    ({ client }) =>
      client?.clientType === 'public' ? 'client_auth_unexpected' : 'client_auth_missing',
  ],
  [/^client authentication must only be provided using one mechanism$/, 'client_auth_twice'],
  [
    /^aud \(JWT audience\) must be the issuer|^aud \(JWT audience\) must be provided|^audience \(aud\) must |^list of audience \(aud\) must /,
    'client_assertion_audience',
    sentValue('audience'),
  ],
  [/^jwt expired$/, 'client_assertion_expired'],
  [
    /^exp \(JWT expiration\) must be at most|^expiration must be specified in the client_assertion/,
    'client_assertion_too_long',
  ],
  [
    /^iss \(JWT issuer\) must be |^sub \(JWT subject\) must be provided in the client_assertion/,
    'client_assertion_issuer',
  ],
  [
    /^no applicable key found in the JSON Web Key Set$/,
    ({ client }) =>
      client?.hasKey === false ? 'client_keys_none' : 'client_assertion_key_unknown',
    ({ sent }) => ({ sent: sent.keyId ?? '–' }),
  ],
  [/^signature verification failed$/, 'client_assertion_signature'],
  [/^client assertion was used before$/, 'client_assertion_reused'],
  [
    /^unique jti \(JWT ID\) must be |^jti \(JWT ID\) must be a string|^typ of the JWT header must |^alg mismatch$|^invalid client_assertion format$|^client_assertion_type must |^jwt not active yet$|^jwt issued in the future$/,
    'client_assertion_invalid',
    (_failure, { input }) => ({ description: input }),
  ],
  [/^client_id mismatch$/, 'client_id_mismatch'],
  [/^client_secret must be provided in the Authorization header$/, 'client_secret_empty'],
  [
    /^invalid authorization header|in the authorization header are not properly encoded$/,
    'authorization_header_malformed',
  ],
  [/^origin .* not allowed for client/, 'origin_not_allowed', sentValue('origin')],
  [
    /^only .* content-type bodies are supported|^failed to parse the request body$/,
    'body_unsupported',
  ],

  [
    /^unsupported grant_type|^requested grant type is not allowed/,
    'grant_type_unsupported',
    sentValue('grantType'),
  ],
  [/^authorization code not found$/, 'code_unknown'],
  [/^refresh token not found$/, 'refresh_token_unknown'],
  [/^authorization code is expired$/, 'code_expired'],
  [/^refresh token is expired$/, 'refresh_token_expired'],
  [/^expired$/, ofCode('code_expired', 'refresh_token_expired')],
  [/^authorization code already consumed$/, 'code_reused'],
  [/^refresh token already used$/, 'refresh_token_reused'],
  [/^reuse_detected$/, 'ended_by_reuse'],
  [/^leaked$/, 'ended_by_leak'],
  [/^revoked_by_user$/, 'revoked_by_user'],
  [/^revoked_by_client$/, 'revoked_by_client'],
  [/^revoked_by_operator$/, 'revoked_by_operator'],
  [/^replaced$/, 'replaced'],
  [
    /^application_suspended$/,
    ({ client }) =>
      client?.state === 'disabled' ? 'application_disabled' : 'application_suspended',
  ],
  [/^redirect_uri_removed$/, 'redirect_uri_mismatch', redirectUri],
  [/^scope_removed$/, 'scope_withdrawn'],
  [/^pkce_required$/, 'pkce_missing'],
  [/^trust_changed$/, 'trust_changed'],
  [/^user_inactive$/, 'user_inactive'],
  [/^authorization code redirect_uri mismatch$/, 'code_redirect_uri', redirectUri],
  [/^code_verifier must be provided$/, 'verifier_missing'],
  [/^code_verifier does not match/, 'verifier_wrong'],
  [/^code_verifier must be a string/, 'verifier_length'],
  [/^code_verifier contains invalid characters$/, 'verifier_characters'],
  [/^unsupported code_challenge_method$/, 'verifier_unexpected'],
  [/^refresh token missing requested scope/, 'refresh_scope', ({ scope }) => ({ scope })],
  [/^every scope of this request was taken away$/, 'refresh_scope', ({ scope }) => ({ scope })],
  [/^the requested resource is not among/, 'resource_not_allowed', resource],
  [/^the authorization is for several resources/, 'resource_choice_missing'],
  [/^a token request must name one resource/, 'resource_twice'],
  [/^the application may no longer ask for any scope/, 'scope_withdrawn'],
  [/^missing DPoP proof JWT$/, 'dpop_proof_missing'],
  [/^DPoP proof was used before$/, 'dpop_proof_reused'],
  [/^DPoP proof key thumbprint does not match/, 'dpop_key_wrong'],
  [/^failed jkt verification$/, 'dpop_key_wrong'],
  [
    /^invalid DPoP key binding$|^DPoP proof |^DPoP nonces /,
    'dpop_proof_invalid',
    ({ description }) => ({ description }),
  ],
  [/^client mismatch$|^the token was not issued to this client$/, 'token_of_another'],
  [/\(referenced account not found\)$/, 'user_inactive'],
];

const BY_ERROR: Readonly<Record<string, Reason>> = {
  request_not_supported: 'request_object_unsupported',
  request_uri_not_supported: 'request_uri_unsupported',
  registration_not_supported: 'registration_unsupported',
  login_required: 'interaction_needed',
  consent_required: 'interaction_needed',
  interaction_required: 'interaction_needed',
  access_denied: 'access_denied',
};

/** Finds out what exactly was wrong with a failed request; `other` where there is no rule for it. */
export function diagnose(failure: Failure): Diagnosis {
  for (const text of [failure.detail, failure.cause, failure.description]) {
    for (const [pattern, reason, details] of text === undefined ? [] : RULES) {
      const match = pattern.exec(text ?? '');
      if (match !== null) {
        return {
          reason: typeof reason === 'string' ? reason : reason(failure),
          details: clean(details?.(failure, match) ?? {}),
        };
      }
    }
  }
  const reason = ownValue(BY_ERROR, failure.error);
  // The public description; the internal detail could quote anything.
  return reason === undefined
    ? { reason: 'other', details: clean({ description: failure.description ?? failure.error }) }
    : { reason, details: {} };
}

function resource({ sent }: Failure) {
  return { sent: sent.resource === undefined ? undefined : withoutValues(sent.resource) };
}

function redirectUri({ sent, client }: Failure) {
  const uri = sent.redirectUri ?? '';
  const found = client && nearestRedirectUri(client, uri);
  return {
    sent: withoutValues(uri),
    nearest: found?.nearest,
    differences: [...(found?.differences ?? [])],
  };
}

function clean(details: Record<string, string | string[] | undefined>): Details {
  return Object.fromEntries(
    Object.entries(details).flatMap(([name, value]) => {
      if (value === undefined) {
        return [];
      }
      return [[name, typeof value === 'string' ? asDetail(value) : value.map(asDetail)]];
    }),
  );
}
