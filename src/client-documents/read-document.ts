import { z } from 'zod';
import { type Candidate, fingerprintOf } from '../applications/candidate.ts';
import { checkRedirectUri } from '../applications/redirect-uri.ts';
import { clientName } from '../applications/wire.ts';
import { usableKeys } from '../client-keys/read-keys.ts';
import type { Config } from '../config/config.ts';
import type { FetchedDocument } from '../fetch/download.ts';
import { documentHost } from '../lib/client-id.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isUnprintable } from '../lib/printable.ts';
import { splitScope } from '../lib/scopes.ts';

/** Values of another type than expected count as absent: a document is written for many servers. */
const text = z.string().optional().catch(undefined);
const list = z.array(z.unknown()).optional().catch(undefined);

const documentSchema = z.object({
  client_id: z.string(),
  client_name: text,
  client_uri: text,
  policy_uri: text,
  tos_uri: text,
  redirect_uris: list,
  grant_types: list,
  response_types: list,
  scope: text,
  token_endpoint_auth_method: text,
  jwks: z.unknown().optional(),
  jwks_uri: text,
});

/** Settings that documents are read with. */
export type DocumentRules = Pick<Config, 'scopes' | 'customSchemes'>;

/**
 * Reads a client metadata document. Lists are filtered to what this server has.
 * @throws StagedoorError `document_invalid`
 * @see draft-ietf-oauth-client-id-metadata-document §4, RFC 7591 §2
 */
export function readDocument(
  rules: DocumentRules,
  clientId: string,
  { body, maxAge }: Pick<FetchedDocument, 'body' | 'maxAge'>,
): Candidate {
  const document = parseDocument(body);
  if (document.client_id !== clientId) {
    throw invalid('The client_id in the document is not the address of the document.');
  }
  assertHas(document.grant_types, 'authorization_code', 'grant_types');
  assertHas(document.response_types, 'code', 'response_types');
  const keys = readKeys(document, clientId);
  const redirectUris = acceptedRedirectUris(rules, document.redirect_uris);
  return {
    kind: 'metadata_document',
    clientId,
    name: clientName.safeParse(document.client_name).data ?? documentHost(clientId),
    description: '',
    homepageUrl: toLink(document.client_uri, clientId),
    privacyPolicyUrl: toLink(document.policy_uri, clientId),
    termsUrl: toLink(document.tos_uri, clientId),
    clientType: keys === undefined ? 'public' : 'confidential',
    redirectUris,
    scopes: acceptedScopes(rules, document.scope),
    fingerprint: fingerprintOf(redirectUris, keys),
    ...(keys === undefined ? {} : { keys }),
    fetched: { at: new Date().toISOString(), freshSeconds: maxAge },
  };
}

function parseDocument(body: string): z.infer<typeof documentSchema> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (cause) {
    throw invalid('The document is not JSON.', cause);
  }
  if (typeof json === 'object' && json !== null && 'client_secret' in json) {
    throw invalid('The document contains a client_secret, which everybody can read.');
  }
  const { data } = documentSchema.safeParse(json);
  if (data === undefined) {
    throw invalid('The document is no JSON object with a client_id.');
  }
  return data;
}

/** Returns the keys of a client that authenticates by them; every other one is public. */
function readKeys(
  {
    token_endpoint_auth_method: method,
    jwks: set,
    jwks_uri: address = '',
  }: z.infer<typeof documentSchema>,
  clientId: string,
): Candidate['keys'] {
  if (method !== 'private_key_jwt') {
    return undefined;
  }
  const jwks = usableKeys(set).map(({ jwk }) => jwk);
  if (jwks.length > 0) {
    return { jwksUri: null, jwks };
  }
  const url = address.length > 2000 ? null : URL.parse(address);
  if (url?.href !== address) {
    throw invalid('The document has no key that this server can use, and no jwks_uri.');
  }
  // Fetches of keys must not use up the limit of a host that has nothing to do with the document.
  if (!isRelated(url.hostname, new URL(clientId).hostname)) {
    throw invalid('The jwks_uri of the document is on another site.');
  }
  return { jwksUri: address, jwks };
}

function assertHas(values: readonly unknown[] | undefined, needed: string, field: string): void {
  if (values !== undefined && !values.includes(needed)) {
    throw invalid(`The ${field} of the document do not contain ${needed}.`);
  }
}

function acceptedRedirectUris(
  { customSchemes }: DocumentRules,
  uris: readonly unknown[] = [],
): string[] {
  const accepted = uris
    .filter((uri) => typeof uri === 'string')
    .filter((uri) => checkRedirectUri(uri, 'public', customSchemes) === undefined);
  if (accepted.length === 0) {
    throw invalid('The document has no redirect URI that this server accepts.');
  }
  return [...new Set(accepted)];
}

/** Without a scope of this server in it, the document does not limit what may be asked for. */
function acceptedScopes({ scopes }: DocumentRules, listed = ''): string[] {
  const named = new Set(splitScope(listed));
  const known = scopes.map(({ name }) => name);
  const accepted = known.filter((name) => named.has(name));
  return accepted.length > 0 ? accepted : known;
}

/** Returns null for a link to a site of others, too: the page would show it as this application's. */
function toLink(value: string | undefined, clientId: string): string | null {
  const url = value === undefined || value.length > 2000 ? null : URL.parse(value);
  const isLink =
    url?.protocol === 'https:' &&
    url.username === '' &&
    url.password === '' &&
    isRelated(url.hostname, new URL(clientId).hostname);
  return isLink && value !== undefined && !isUnprintable(value) ? url.href : null;
}

/** Tests if one of two hosts is the other one or a subdomain of it. */
function isRelated(one: string, other: string): boolean {
  return one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`);
}

function invalid(message: string, cause?: unknown): StagedoorError {
  return new StagedoorError('document_invalid', message, { cause });
}
