import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { ownValue } from '../../lib/own-value.ts';
import { type RefusalKind, UpstreamRefusal } from './refusal.ts';

/** Errors in the provider's redirect that are not about the person. */
const REDIRECTED: Record<string, RefusalKind> = {
  temporarily_unavailable: 'unavailable',
  server_error: 'unavailable',
  invalid_request: 'misconfigured',
  invalid_scope: 'misconfigured',
  unauthorized_client: 'misconfigured',
  unsupported_response_type: 'misconfigured',
};

/** Codes of openid-client that have a refusal of their own; all others are `invalid`. */
const CODES: Record<string, RefusalKind> = {
  OAUTH_TIMEOUT: 'unavailable',
  OAUTH_ABORT: 'unavailable',
  OAUTH_RESPONSE_IS_NOT_JSON: 'unavailable',
  OAUTH_PARSE_ERROR: 'unavailable',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'clock',
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: 'misconfigured',
  OAUTH_MISSING_SERVER_METADATA: 'misconfigured',
  OAUTH_INVALID_SERVER_METADATA: 'misconfigured',
};

/** Converts an error of openid-client to a refusal. Throws our own defects again. */
export function toRefusal(error: unknown): UpstreamRefusal {
  if (error instanceof UpstreamRefusal) {
    return error;
  }
  if (error instanceof AuthorizationResponseError) {
    // It came in a URL: anybody can have written it.
    const name = /^[a-z_]{1,40}$/.test(error.error) ? error.error : 'error';
    return new UpstreamRefusal(ownValue(REDIRECTED, name) ?? 'refused', name, { cause: error });
  }
  if (error instanceof ResponseBodyError) {
    return new UpstreamRefusal(kindOfAnswer(error), error.error, { cause: error });
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    return new UpstreamRefusal('misconfigured', `status ${error.status}`, { cause: error });
  }
  if (error instanceof ClientError) {
    const detail = [error.code, messageOf(error.cause)].filter((part) => part !== undefined);
    return new UpstreamRefusal(kindOfClientError(error), detail.join(': '), { cause: error });
  }
  // fetch throws this if there was no answer: name, connection, TLS.
  if (error instanceof TypeError && error.cause instanceof Error) {
    const { cause } = error;
    const code = 'code' in cause ? String(cause.code) : cause.message;
    return new UpstreamRefusal('unavailable', code, { cause: error });
  }
  throw error;
}

function kindOfAnswer({ error, status }: ResponseBodyError): RefusalKind {
  if (status >= 500) {
    return 'unavailable';
  }
  return error === 'invalid_grant' ? 'expired' : 'misconfigured';
}

function kindOfClientError({ code, cause }: ClientError): RefusalKind {
  const known = ownValue(CODES, code ?? '');
  if (known === undefined && cause instanceof Response) {
    return cause.status >= 500 || cause.status === 429 ? 'unavailable' : 'misconfigured';
  }
  return known ?? 'invalid';
}

function messageOf(cause: unknown): string | undefined {
  if (cause instanceof Response) {
    return `status ${cause.status}`;
  }
  return cause instanceof Error ? cause.message : undefined;
}
