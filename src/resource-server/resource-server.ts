import type { Access } from './access.ts';
import { assertRequirement } from './assert-requirement.ts';
import { type RequestHeaders, readBearerToken } from './authorization-header.ts';
import { withCache } from './cache.ts';
import { withCircuit } from './circuit.ts';
import { createDiscovery, type FindServer } from './discovery.ts';
import { createIntrospection, type Introspect } from './introspection.ts';
import { type ResourceServerOptions, readOptions, type Settings } from './options.ts';
import { RefusedError, tokenInvalid, unavailable } from './refusal.ts';
import { check, type Requirement } from './requirement.ts';
import { withSingleFlight } from './single-flight.ts';
import { UnavailableError } from './unavailable.ts';

/** The part of a request that decides. */
export interface VerifiableRequest {
  readonly method: string;
  readonly headers: RequestHeaders;
}

/** Decides who is let in to an API. */
export interface ResourceServer {
  /**
   * The access that the request's token gives; without a requirement, that of a token with `read`
   * for a safe method and `write` for any other.
   *
   * ```ts
   * const access = await resourceServer.verify(request, { organizer: 'redstage' });
   * ```
   * @throws RefusedError, and nothing else; it carries the answer to send
   */
  verify(request: VerifiableRequest, requirement?: Requirement): Promise<Access>;
}

/**
 * Verifies the access tokens of an API service. Where nobody can say whether a token is valid, the
 * request is answered with 503: it is never let in.
 *
 * ```ts
 * const resourceServer = createResourceServer({
 *   issuer: 'https://login.example.com',
 *   clientId: process.env.STAGEDOOR_CLIENT_ID ?? '',
 *   clientSecret: process.env.STAGEDOOR_CLIENT_SECRET ?? '',
 * });
 * const access = await resourceServer.verify(request, {
 *   organizer: 'redstage',
 *   permission: { read: 'can_view_orders', write: 'can_change_orders' },
 * });
 * ```
 * @throws TypeError that tells in one line which option to set right
 */
export function createResourceServer(options: ResourceServerOptions): ResourceServer {
  const settings = readOptions(options);
  const introspect = createPipeline(settings);
  return {
    verify: async (request, requirement = { organizer: null }) => {
      try {
        assertRequirement(requirement);
        return await verify(introspect, request, requirement);
      } catch (error) {
        if (error instanceof RefusedError) {
          throw error;
        }
        if (error instanceof UnavailableError) {
          throw unavailable(error);
        }
        throw unavailable(report(settings, misused(error)));
      }
    },
  };
}

/** From the request to the server: share the question, know the answer, see it fail, ask. */
function createPipeline(settings: Settings): Introspect {
  const ask = createIntrospection({ ...settings, findServer: serverFinder(settings) });
  const reported: Introspect = (token) =>
    ask(token).catch((error: unknown) => {
      throw error instanceof UnavailableError ? report(settings, error) : error;
    });
  const guarded = withCircuit(reported, settings.circuit);
  return withSingleFlight(settings.cache ? withCache(guarded, settings.cache) : guarded);
}

function serverFinder({ issuer, introspectionEndpoint }: Settings): FindServer {
  if (introspectionEndpoint === undefined) {
    return createDiscovery(issuer);
  }
  const server = { issuer: issuer.href, introspection_endpoint: introspectionEndpoint.href };
  return () => Promise.resolve(server);
}

async function verify(
  introspect: Introspect,
  request: VerifiableRequest,
  requirement: Requirement,
): Promise<Access> {
  const reading = await introspect(readBearerToken(request.headers));
  if (reading.outcome === 'inactive') {
    throw tokenInvalid();
  }
  await check(reading.access, request.method, requirement);
  return reading.access;
}

/** Not the server's fault: a requirement that makes no sense, or a function in it that failed. */
function misused(error: unknown): UnavailableError {
  const message = error instanceof Error ? error.message : String(error);
  return new UnavailableError('misconfigured', `A request could not be decided: ${message}`, {
    cause: error,
  });
}

function report(settings: Settings, error: UnavailableError): UnavailableError {
  try {
    settings.onUnavailable(error);
  } catch {
    // A log that fails must not turn a 503 into a crash.
  }
  return error;
}
