import type { Access } from './access.ts';
import { type RequestHeaders, readBearerToken } from './bearer-token.ts';
import { createIntrospection, type Introspect } from './introspection.ts';
import { RefusedError, tokenInvalid, unavailable } from './refusal.ts';
import { check, type Requirement } from './requirement.ts';

/** How an API service knows the authorization server, and is known there. */
export interface ResourceServerOptions {
  /** The authorization server, for example `https://login.example.com`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Milliseconds that one verification may take; 3000 by default. */
  readonly timeout?: number | undefined;
  /** By default read from the metadata of the issuer, at the first token. */
  readonly introspectionEndpoint?: string | undefined;
  /** Told why tokens can't be verified, for the log; the caller gets a 503 without the reason. */
  readonly onUnavailable?: ((cause: unknown) => void) | undefined;
}

/** The part of a request that decides. */
export interface VerifiableRequest {
  readonly method: string;
  readonly headers: RequestHeaders;
}

/** Decides who is let in to an API. */
export interface ResourceServer {
  /**
   * The access that the request's bearer token gives.
   * @throws RefusedError, and nothing else; it carries the answer to send
   */
  verify(request: VerifiableRequest, requirement?: Requirement): Promise<Access>;
}

const TIMEOUT = 3000;

/**
 * Verifies the bearer tokens of an API service.
 *
 * ```ts
 * const resourceServer = createResourceServer({ issuer, clientId, clientSecret });
 * const access = await resourceServer.verify(request, {
 *   organizer: 'redstage',
 *   permission: { read: 'can_view_orders', write: 'can_change_orders' },
 * });
 * ```
 * @throws TypeError for an issuer that is no URL or would get the secret unencrypted
 */
export function createResourceServer(options: ResourceServerOptions): ResourceServer {
  const introspect = createIntrospection({ ...options, timeout: options.timeout ?? TIMEOUT });
  return {
    verify: async (request, requirement = {}) => {
      try {
        return await verify(introspect, request, requirement);
      } catch (error) {
        if (error instanceof RefusedError) {
          throw error;
        }
        report(options, error);
        throw unavailable(error);
      }
    },
  };
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
  check(reading.access, request.method, requirement);
  return reading.access;
}

function report(options: ResourceServerOptions, cause: unknown): void {
  try {
    options.onUnavailable?.(cause);
  } catch {
    // A log that fails must not turn a 503 into a crash.
  }
}
