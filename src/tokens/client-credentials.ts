/** Description of the error for a request that authenticates twice. */
export const TWO_MECHANISMS = 'client authentication must only be provided using one mechanism';

/** Client credentials of a request, not verified yet. */
export type ClientCredentials =
  | { readonly outcome: 'given'; readonly clientId: string; readonly clientSecret: string }
  | { readonly outcome: 'none' }
  | {
      readonly outcome: 'malformed';
      /** `invalid_client`: the Authorization header has another scheme or cannot be read. */
      readonly error: 'invalid_request' | 'invalid_client';
      readonly description: string;
    };

/**
 * Reads client credentials from the Authorization header or the form, never from both.
 * @see RFC 6749 §2.3.1
 */
export function readClientCredentials(
  authorization: string | undefined,
  form: URLSearchParams,
): ClientCredentials {
  const secret = form.get('client_secret');
  if (authorization === undefined) {
    const clientId = form.get('client_id');
    return clientId && secret
      ? { outcome: 'given', clientId, clientSecret: secret }
      : { outcome: 'none' };
  }
  // An empty parameter counts as missing (RFC 6749 §3.2).
  if (secret) {
    return repeated(TWO_MECHANISMS);
  }
  const given = fromHeader(authorization);
  const clientId = form.get('client_id');
  return given.outcome === 'given' && clientId && clientId !== given.clientId
    ? repeated('mismatch in body and authorization client ids')
    : given;
}

function fromHeader(authorization: string): ClientCredentials {
  const [, encoded] = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
  if (encoded === undefined) {
    return malformed('the Authorization header must be of the Basic scheme');
  }
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  try {
    return colon < 1
      ? malformed('the Authorization header holds no client_id and client_secret')
      : {
          outcome: 'given',
          clientId: formDecode(pair.slice(0, colon)),
          clientSecret: formDecode(pair.slice(colon + 1)),
        };
  } catch {
    return malformed(
      'client_id and client_secret in the Authorization header are not properly encoded',
    );
  }
}

/** RFC 6749 wants both parts form-encoded inside the Basic scheme. */
function formDecode(text: string): string {
  return /[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
}

function repeated(description: string): ClientCredentials {
  return { outcome: 'malformed', error: 'invalid_request', description };
}

function malformed(description: string): ClientCredentials {
  return { outcome: 'malformed', error: 'invalid_client', description };
}
