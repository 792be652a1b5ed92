import type { Context } from 'koa';
import { peekBody } from '../http/body.ts';
import { isClientId } from '../lib/client-id.ts';
import { isWellFormed } from '../lib/credentials.ts';
import type { TokenRequest } from '../tokens/redeem.ts';

/** Longest body, in bytes. */
const BODY_LIMIT = 4_096;
const FORM = /^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i;
/** Characters of a form whose values are encoded. */
const ENCODED = /^[\w.~%+&=-]+$/;
const COMMON = ['grant_type', 'client_id', 'client_secret'];
/** Parameters by grant type. */
const PARAMETERS: Readonly<Record<TokenRequest['grantType'], ReadonlySet<string>>> = {
  authorization_code: new Set([...COMMON, 'code', 'redirect_uri', 'code_verifier']),
  refresh_token: new Set([...COMMON, 'refresh_token', 'scope']),
};
/** Headers by which a request is more than a plain one: DPoP, CORS, attested clients. */
const SPECIAL_HEADERS = [
  'dpop',
  'origin',
  'oauth-client-attestation',
  'oauth-client-attestation-pop',
] as const;
const SECRET = /^[\x21-\x7e]{1,256}$/;
const CODE = /^[\w-]{43}$/;
const REDIRECT_URI = /^[\x21-\x7e]+$/;
/** @see RFC 7636 §4.1 */
const CODE_VERIFIER = /^[\w.~-]{43,128}$/;
/** @see RFC 6749 §3.3 */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

type Form = ReadonlyMap<string, string>;
type Client = Pick<TokenRequest, 'clientId' | 'clientSecret'>;

/**
 * Reads a plain token request: each parameter once, and no others, and one kind of client
 * authentication. Returns undefined for every other request, and leaves all bodies to the next
 * reader.
 * @see RFC 6749 §2.3.1, §4.1.3, §6
 */
export async function readTokenRequest(ctx: Context): Promise<TokenRequest | undefined> {
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
  const client = form && readClient(headers.authorization, form);
  if (client === undefined) {
    return undefined;
  }
  switch (form?.get('grant_type')) {
    case 'authorization_code':
      return readExchange(client, form);
    case 'refresh_token':
      return readRefresh(client, form);
    default:
      return undefined;
  }
}

function readExchange(client: Client, form: Form): TokenRequest | undefined {
  const grantType = 'authorization_code';
  const [presented, redirectUri] = [form.get('code') ?? '', form.get('redirect_uri') ?? ''];
  const codeVerifier = form.get('code_verifier');
  const isPlain =
    hasOnly(form, PARAMETERS[grantType]) &&
    CODE.test(presented) &&
    REDIRECT_URI.test(redirectUri) &&
    (codeVerifier === undefined || CODE_VERIFIER.test(codeVerifier));
  return isPlain ? { ...client, grantType, presented, redirectUri, codeVerifier } : undefined;
}

function readRefresh(client: Client, form: Form): TokenRequest | undefined {
  const grantType = 'refresh_token';
  const presented = form.get('refresh_token') ?? '';
  const scope = form.get('scope');
  const isPlain =
    hasOnly(form, PARAMETERS[grantType]) &&
    isWellFormed('sdr', presented) &&
    (scope === undefined || SCOPE.test(scope));
  return isPlain ? { ...client, grantType, presented, scopes: scope?.split(' ') } : undefined;
}

function hasOnly(form: Form, parameters: ReadonlySet<string>): boolean {
  return [...form.keys()].every((name) => parameters.has(name));
}

function parseForm(body: string): Form | undefined {
  if (!ENCODED.test(body)) {
    return undefined;
  }
  const form = new Map<string, string>();
  for (const field of body.split('&')) {
    const [name = '', value, ...more] = field.split('=');
    if (value === undefined || more.length > 0 || form.has(name)) {
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

function readClient(authorization: string | undefined, form: Form): Client | undefined {
  const given = { clientId: form.get('client_id'), clientSecret: form.get('client_secret') };
  const { clientId, clientSecret } =
    authorization === undefined ? given : readBasic(authorization, given);
  const isValid =
    clientId !== undefined &&
    isClientId(clientId) &&
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
