import { assertKnownKeys } from './assert-requirement.ts';
import { PROOF_ALGORITHMS } from './challenge.ts';
import { assertConfidential } from './confidential.ts';
import { crossOrigin } from './cors.ts';
import type { VerifiableRequest } from './verifiable-request.ts';

/** Description of this API for applications that know only its URL. */
export interface MetadataOptions {
  /** Name for people. */
  readonly name?: string | undefined;
  /** Scopes that the routes of this API need; by default `read` and `write`. */
  readonly scopes?: readonly string[] | undefined;
  /** Address of the documentation for developers. */
  readonly documentation?: string | undefined;
}

/** Answer to a request for metadata. */
export interface MetadataAnswer {
  readonly status: 200 | 204 | 405;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or empty. */
  readonly body: string;
}

/** Metadata of all resources of this API. */
export interface Metadata {
  /** Answers a request for metadata; undefined for every other request. */
  answer(
    request: Pick<VerifiableRequest, 'method' | 'headers' | 'url'>,
  ): MetadataAnswer | undefined;
  /** Returns the address of the metadata about the resource that a request is about. */
  urlFor(url: string | undefined): string;
}

/** Facts that the metadata repeats. */
interface Facts {
  readonly issuer: URL;
  readonly resources: readonly string[] | undefined;
  readonly takesProofs: boolean;
}

interface Described {
  /** Path of the resource without a slash at the end. */
  readonly path: string;
  readonly url: URL;
  readonly body: string;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
/** Seconds for which clients may keep the metadata. */
const MAX_AGE = 300;
const METHODS = 'GET, HEAD';

/**
 * Prepares the metadata of this API, a document for each resource that is a web address.
 * @see RFC 9728 §2 and §3
 * @throws TypeError with the option to correct
 */
export function createMetadata(options: MetadataOptions, facts: Facts): Metadata {
  assertKnownKeys('metadata', options, ['name', 'scopes', 'documentation']);
  const described = (facts.resources ?? [])
    .filter((uri) => /^https?:/i.test(uri))
    .map((uri) => describe(uri, options, facts))
    .toSorted((a, b) => b.path.length - a.path.length);
  const [first] = described;
  if (first === undefined) {
    throw new TypeError('metadata needs resources: at least one https address of this API.');
  }
  if (new Set(described.map(({ path }) => path)).size < described.length) {
    throw new TypeError('metadata cannot describe two resources with the same path.');
  }
  return {
    answer: ({ method, headers, url = '' }) => {
      const path = pathOf(url);
      const found = described.find((one) => one.url.pathname === path);
      return found && answerWith(found.body, method, headers);
    },
    urlFor: (url = '/') => {
      const path = pathOf(url);
      const found = described.find((one) => path === one.path || path.startsWith(`${one.path}/`));
      return (found ?? first).url.href;
    },
  };
}

function describe(
  resource: string,
  { name, scopes = ['read', 'write'], documentation }: MetadataOptions,
  { issuer, takesProofs }: Facts,
): Described {
  const url = new URL(resource);
  assertConfidential(url);
  const path = url.pathname.replace(/\/$/, '');
  const metadata = {
    resource,
    authorization_servers: [issuer.href.replace(/\/$/, '')],
    scopes_supported: scopes,
    bearer_methods_supported: ['header'],
    ...(name === undefined ? {} : { resource_name: name }),
    ...(documentation === undefined ? {} : { resource_documentation: documentation }),
    ...(takesProofs ? { dpop_signing_alg_values_supported: PROOF_ALGORITHMS } : {}),
  };
  const address = new URL(WELL_KNOWN + path + url.search, url);
  return { path, url: address, body: JSON.stringify(metadata) };
}

/** Scripts of every origin may read the metadata: it is the same for everybody. */
function answerWith(
  body: string,
  method: string,
  headers: VerifiableRequest['headers'],
): MetadataAnswer {
  const cors = crossOrigin({ method, headers }, METHODS);
  if (cors.isPreflight) {
    return { status: 204, headers: cors.headers, body: '' };
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, headers: { ...cors.headers, allow: METHODS }, body: '' };
  }
  const own = {
    'content-type': 'application/json',
    'cache-control': `public, max-age=${MAX_AGE}`,
  };
  return { status: 200, headers: { ...cors.headers, ...own }, body: method === 'GET' ? body : '' };
}

/** Returns the path of a URL or of a request line. */
function pathOf(url: string): string {
  const path = url.startsWith('/') ? url.split(/[?#]/, 1)[0] : URL.parse(url)?.pathname;
  return path ?? '';
}
