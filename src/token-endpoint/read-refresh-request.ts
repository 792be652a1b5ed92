import type { Context } from 'koa';
import { peekBody } from '../http/body.ts';
import { isWellFormed } from '../lib/credentials.ts';
import type { RefreshRequest } from '../tokens/refresh.ts';

/** Longest body, in bytes. */
const BODY_LIMIT = 4_096;
const FORM = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i;
/** Characters of a form whose values are encoded. */
const ENCODED = /^[\w.~%+&=-]+$/;
const PARAMETERS: ReadonlySet<string> = new Set([
  'grant_type',
  'refresh_token',
  'scope',
  'client_id',
  'client_secret',
]);
/** Headers by which a request is more than a plain refresh: DPoP, CORS, attested clients. */
const SPECIAL_HEADERS = [
  'dpop',
  'origin',
  'oauth-client-attestation',
  'oauth-client-attestation-pop',
] as const;
const CLIENT_ID = /^[\w.-]{1,64}$/;
const SECRET = /^[\x21-\x7e]{1,256}$/;
/** @see RFC 6749 §3.3 */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/**
 * Reads a plain refresh request: each parameter once, and no others, and one kind of client
 * authentication. Returns undefined for every other request, and leaves all bodies to the next
 * reader.
 * @see RFC 6749 §2.3.1, §6
 */
export async function readRefreshRequest(ctx: Context): Promise<RefreshRequest | undefined> {
  const { headers } = ctx;
  if (
    !FORM.test(headers['content-type'] ?? '') ||
    !(Number(headers['content-length']) <= BODY_LIMIT) ||
    headers['content-encoding'] !== undefined ||
    SPECIAL_HEADERS.some((name) => name in headers)
  ) {
    return undefined;
  }
  const form = parseForm((await peekBody(ctx, BODY_LIMIT)).toString('latin1'));
  const refreshToken = form?.get('refresh_token') ?? '';
  const scope = form?.get('scope');
  if (
    form?.get('grant_type') !== 'refresh_token' ||
    !isWellFormed('sdr', refreshToken) ||
    (scope !== undefined && !SCOPE.test(scope))
  ) {
    return undefined;
  }
  const client = readClient(headers.authorization, form);
  return client && { ...client, refreshToken, scopes: scope?.split(' ') };
}

function parseForm(body: string): Map<string, string> | undefined {
  if (!ENCODED.test(body)) {
    return undefined;
  }
  const form = new Map<string, string>();
  for (const field of body.split('&')) {
    const [name = '', value, ...more] = field.split('=');
    if (value === undefined || more.length > 0 || !PARAMETERS.has(name) || form.has(name)) {
      return undefined;
    }
    try {
      form.set(name, decodeURIComponent(value.replaceAll('+', ' ')));
    } catch {
      return undefined;
    }
  }
  return form;
}

function readClient(
  authorization: string | undefined,
  form: ReadonlyMap<string, string>,
): Pick<RefreshRequest, 'clientId' | 'clientSecret'> | undefined {
  const given = { clientId: form.get('client_id'), clientSecret: form.get('client_secret') };
  const { clientId, clientSecret } =
    authorization === undefined ? given : readBasic(authorization, given);
  const isValid =
    clientId !== undefined &&
    CLIENT_ID.test(clientId) &&
    (clientSecret === undefined || SECRET.test(clientSecret));
  return isValid ? { clientId, clientSecret } : undefined;
}

interface Given {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
}

/** Reads the Basic scheme, unless it needs decoding or the form says something else. */
function readBasic(authorization: string, form: Given): Given {
  const [, encoded = ''] = /^basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization) ?? [];
  const pair = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = pair.indexOf(':');
  const clientId = pair.slice(0, colon);
  const isPlain =
    encoded.length % 4 === 0 &&
    colon > 0 &&
    !/[%+]/.test(pair) &&
    form.clientSecret === undefined &&
    (form.clientId === undefined || form.clientId === clientId);
  return isPlain ? { clientId, clientSecret: pair.slice(colon + 1) } : {};
}
