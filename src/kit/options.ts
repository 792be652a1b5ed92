import { assertKnownKeys } from './assert-requirement.ts';
import type { CacheOptions } from './cache.ts';
import type { CircuitOptions } from './circuit.ts';
import { assertConfidential } from './confidential.ts';
import type { DPoPOptions } from './dpop.ts';
import type { LookUp } from './look-up.ts';
import { createMetadata, type MetadataOptions } from './metadata.ts';
import { readResources } from './resource.ts';
import { createSendTraced, type OpenTelemetry } from './trace.ts';
import type { UnavailableError } from './unavailable.ts';

/** The authorization server, and this service's registration there. */
export interface ResourceServerOptions {
  /** The authorization server, for example `https://login.example.com`. */
  readonly issuer: string;
  /** Client ID of this service, as an operator registered it. */
  readonly clientId: string;
  readonly clientSecret: string;
  /**
   * The URIs by which applications name this API in the parameter `resource`, as an operator registered
   * them. With it, a token for another API is refused here as well; the authorization server does so
   * in any case.
   */
  readonly resources?: readonly string[] | undefined;
  /**
   * Describes this API for applications that know only its URL: needs `resources`. The refusals of the
   * guards then name the address of the description, which `protectedResource` of `/koa`, `/express`,
   * `/fastify`, `/node` and `/fetch` serves.
   *
   * ```ts
   * createResourceServer({ issuer, clientId, clientSecret, resources, metadata: { name: 'Orders API' } });
   * ```
   * @see RFC 9728
   */
  readonly metadata?: MetadataOptions | undefined;
  /** Milliseconds that one verification may take; 3000 by default. */
  readonly timeout?: number | undefined;
  /** By default read from the metadata of the issuer, at the first token. */
  readonly introspectionEndpoint?: string | undefined;
  /**
   * Off by default: each request asks the authorization server, and a token that was revoked opens
   * nothing from that moment on.
   *
   * With a cache, most requests are decided from memory. The kit reads the authorization server's
   * feed of changes, and **a revoked token opens nothing one second after the revocation was
   * answered**; so does an organizer that the user has left, or a permission that a team has lost. If
   * the feed cannot be read, each request asks. Requests that come with the same token at the same
   * time share one question.
   *
   * ```ts
   * createResourceServer({ issuer, clientId, clientSecret, cache: { entries: 10_000 } });
   * ```
   */
  readonly cache?: CacheOptions | undefined;
  /**
   * Takes tokens that are bound to a key of the application, too (DPoP). Without it they are
   * refused: a bound token is worth nothing as a bearer token.
   *
   * ```ts
   * createResourceServer({ issuer, clientId, clientSecret, dpop: { url: 'https://api.example.com' } });
   * ```
   */
  readonly dpop?: DPoPOptions | undefined;
  /**
   * Requests signed answers and verifies the signature, so that nothing between the authorization
   * server and this service can change them; rejects an answer without one. Off by default: https
   * protects the connection itself. The changes feed is not signed: use no `cache` if such a party
   * could hold changes back.
   * @see RFC 9701
   */
  readonly signedIntrospection?: boolean | undefined;
  /** Conditions for not asking a failing server: by default 5 failures in a row, for 2 seconds. */
  readonly circuit?: CircuitOptions | undefined;
  /**
   * Called once for each request to the server that failed, with the reason. Callers get a 503 without
   * it. By default writes one line to stderr.
   */
  readonly onUnavailable?: ((error: UnavailableError) => void) | undefined;
  /**
   * Makes a span of each introspection by the OpenTelemetry of this service. Not needed if `fetch` is
   * instrumented (`@opentelemetry/instrumentation-undici`), nor without OpenTelemetry: then the headers
   * `traceparent` and `tracestate` of the incoming request are passed on.
   *
   * ```ts
   * import * as openTelemetry from '@opentelemetry/api';
   * createResourceServer({ issuer, clientId, clientSecret, openTelemetry });
   * ```
   */
  readonly openTelemetry?: OpenTelemetry | undefined;
}

/** Options of a process that can look up tokens itself, such as the authorization server. */
export interface LookUpOptions
  extends Pick<ResourceServerOptions, 'resources' | 'dpop' | 'onUnavailable'> {
  readonly lookUp: LookUp;
}

/** Checked options, with defaults filled in. */
export type Settings = ReturnType<typeof readOptions>;

const TIMEOUT = 3000;
const CIRCUIT: CircuitOptions = { failures: 5, seconds: 2 };
const LONGEST_PAUSE = 300;
/** Bytes. */
const LEAST_CACHE = 100_000;
const NAMES = [
  'issuer',
  'clientId',
  'clientSecret',
  'resources',
  'metadata',
  'timeout',
  'introspectionEndpoint',
  'cache',
  'dpop',
  'signedIntrospection',
  'circuit',
  'onUnavailable',
  'openTelemetry',
];

/** Checks the options of a process that looks up tokens itself, and fills in defaults. */
export function readLookUpOptions(options: LookUpOptions) {
  assertKnownKeys('createResourceServer', options, [
    'lookUp',
    'resources',
    'dpop',
    'onUnavailable',
  ]);
  const { lookUp, dpop, onUnavailable = printLine } = options;
  if (typeof lookUp !== 'function') {
    throw new TypeError('lookUp must be a function that returns what an access token opens.');
  }
  if (dpop !== undefined) {
    assertDPoP(dpop);
  }
  return { lookUp, resources: readResources(options.resources), dpop, onUnavailable };
}

/** @throws TypeError with the option to correct */
export function readOptions(options: ResourceServerOptions) {
  assertKnownKeys('createResourceServer', options, NAMES);
  const { cache, circuit = CIRCUIT, dpop, introspectionEndpoint, timeout = TIMEOUT } = options;
  assertText('clientId', options.clientId);
  assertText('clientSecret', options.clientSecret);
  assertNumber('timeout', timeout, 1, 60_000);
  if (cache !== undefined) {
    assertKnownKeys('cache', cache, ['entries', 'bytes', 'staleSeconds', 'onAnswer']);
    assertNumber('cache.entries', cache.entries, 1, 1_000_000);
    assertNumber('cache.bytes', cache.bytes ?? LEAST_CACHE, LEAST_CACHE, 2 ** 40);
    assertNumber('cache.staleSeconds', cache.staleSeconds ?? 0, 0, LONGEST_PAUSE);
  }
  if (dpop !== undefined) {
    assertDPoP(dpop);
  }
  assertNumber('circuit.failures', circuit.failures, 1, 1000);
  assertNumber('circuit.seconds', circuit.seconds, 0, LONGEST_PAUSE);
  const issuer = readUrl('issuer', options.issuer);
  const resources = readResources(options.resources);
  const facts = { issuer, resources: options.resources, takesProofs: dpop !== undefined };
  return {
    issuer,
    clientId: options.clientId,
    clientSecret: options.clientSecret,
    timeout,
    introspectionEndpoint:
      introspectionEndpoint === undefined
        ? undefined
        : readUrl('introspectionEndpoint', introspectionEndpoint),
    cache,
    resources,
    metadata: options.metadata && createMetadata(options.metadata, facts),
    dpop,
    signedIntrospection: readFlag('signedIntrospection', options.signedIntrospection),
    circuit,
    onUnavailable: options.onUnavailable ?? printLine,
    sendTraced: createSendTraced(readOpenTelemetry(options.openTelemetry)),
  };
}

function readUrl(name: string, value: unknown): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  // The error does not repeat the URL, which may hold a password.
  if (url === undefined || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError(`${name} must be a URL such as https://login.example.com.`);
  }
  assertConfidential(url);
  return url;
}

function assertDPoP(dpop: DPoPOptions): void {
  assertKnownKeys('dpop', dpop, ['url', 'entries', 'replay', 'onReplay']);
  const { url, entries = 1 } = dpop;
  if (typeof url !== 'function' && !(URL.canParse(url) && /^https?:[^?#]*$/.test(url))) {
    throw new TypeError(
      'dpop.url must be the public URL of this API, such as https://api.example.com, or a function that tells that of a request.',
    );
  }
  assertNumber('dpop.entries', entries, 1, 10_000_000);
}

function readOpenTelemetry(value: OpenTelemetry | undefined): OpenTelemetry | undefined {
  // Not the tracer: a span needs the context of the request as well.
  if (value !== undefined && !(value.trace && value.context && value.propagation)) {
    throw new TypeError('openTelemetry must be the module @opentelemetry/api.');
  }
  return value;
}

/** `'false'`, from the environment, would be true. */
function readFlag(name: string, value: unknown): boolean {
  if (value !== undefined && typeof value !== 'boolean') {
    throw new TypeError(`${name} must be true or false.`);
  }
  return value === true;
}

function assertText(name: string, value: unknown): void {
  if (typeof value !== 'string' || value.trim() === '') {
    throw new TypeError(
      `${name} is empty: it is what an operator got when registering the service.`,
    );
  }
}

function assertNumber(name: string, value: unknown, least: number, most: number): void {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new TypeError(`${name} must be a number from ${least} to ${most}.`);
  }
}

function printLine(error: UnavailableError): void {
  console.error(`Access tokens cannot be verified: ${error.message}`);
}
