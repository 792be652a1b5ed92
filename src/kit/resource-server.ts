import type { Access } from './access.ts';
import { assertRequirement } from './assert-requirement.ts';
import { readCredentials } from './authorization-header.ts';
import { type CacheOptions, withCache } from './cache.ts';
import { type ChallengeBy, challengeFor } from './challenge.ts';
import { createReadChanges } from './changes.ts';
import { withCircuit } from './circuit.ts';
import { type Answers, withoutCache } from './dated.ts';
import { createDiscovery } from './discovery.ts';
import { createProofCheck, type ProofCheck } from './dpop.ts';
import { createIntrospection, type Introspect } from './introspection.ts';
import { introspectBy } from './look-up.ts';
import type { Metadata, MetadataAnswer } from './metadata.ts';
import { millisecondsUntil } from './moment.ts';
import {
  type LookUpOptions,
  type ResourceServerOptions,
  readLookUpOptions,
  readOptions,
  type Settings,
} from './options.ts';
import {
  audienceInvalid,
  bindingInvalid,
  RefusedError,
  tokenInvalid,
  unavailable,
} from './refusal.ts';
import { createReporter, notify, type Reporter } from './report.ts';
import { check, type Requirement, scopesFor } from './requirement.ts';
import { isMeantFor, type Resources } from './resource.ts';
import { UnavailableError } from './unavailable.ts';
import type { VerifiableRequest } from './verifiable-request.ts';

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
  /**
   * Answers a request for the metadata of this API, by its path; undefined for every other request, and
   * without the option `metadata`.
   */
  metadata(request: VerifiableRequest): MetadataAnswer | undefined;
}

/**
 * Verifies the access tokens of an API service. If the authorization server can't be asked, requests
 * are refused with 503 and never let in.
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
 *
 * With {@link LookUpOptions} tokens are looked up by a function instead of the introspection
 * endpoint; the rules are the same.
 * @throws TypeError with the option to correct
 */
export function createResourceServer(
  options: ResourceServerOptions | LookUpOptions,
): ResourceServer {
  const { verifier, reporter } = 'lookUp' in options ? localVerifier(options) : verifierOf(options);
  return {
    metadata: (request) => verifier.metadata?.answer(request),
    verify: async (request, requirement = { organizer: null }) => {
      try {
        assertRequirement(requirement);
        return (
          (await verify(verifier, request, requirement)) ??
          (await verify(verifier, request, requirement)) ??
          refuseLate()
        );
      } catch (error) {
        if (error instanceof RefusedError) {
          throw error;
        }
        if (error instanceof UnavailableError) {
          throw unavailable(error);
        }
        throw unavailable(reporter.misuse(error));
      }
    },
  };
}

interface Verifier {
  readonly answers: Answers;
  readonly onAnswer: CacheOptions['onAnswer'];
  /** Undefined: only the authorization server checks the audience. */
  readonly resources: Resources | undefined;
  readonly metadata: Metadata | undefined;
  /** Undefined if tokens that are bound to a key are refused. */
  readonly proofs: ProofCheck | undefined;
}

interface ReportingVerifier {
  readonly verifier: Verifier;
  readonly reporter: Reporter;
}

function localVerifier(options: LookUpOptions): ReportingVerifier {
  const { lookUp, resources, dpop, onUnavailable } = readLookUpOptions(options);
  const proofs = dpop && createProofCheck(dpop);
  const reporter = createReporter(onUnavailable);
  const answers = withoutCache(introspectBy(lookUp));
  return {
    verifier: { answers, resources, metadata: undefined, proofs, onAnswer: undefined },
    reporter,
  };
}

function verifierOf(options: ResourceServerOptions): ReportingVerifier {
  const settings = readOptions(options);
  const proofs = settings.dpop && createProofCheck(settings.dpop);
  const reporter = createReporter(settings.onUnavailable);
  const answers = createPipeline(settings, reporter);
  const { resources, metadata } = settings;
  const onAnswer = settings.cache?.onAnswer;
  return { verifier: { answers, resources, metadata, proofs, onAnswer }, reporter };
}

/**
 * Builds the steps from a request to the server: cache, single flight, circuit breaker, reporter,
 * introspection. Without a cache requests share no introspection: the response to one that was sent
 * before a revocation would let in a request that arrives after it.
 */
function createPipeline(settings: Settings, reporter: Reporter): Answers {
  const server = { ...settings, findServer: createDiscovery(settings) };
  const ask = createIntrospection(server);
  const report = (error: unknown) => {
    if (error instanceof UnavailableError) {
      reporter.outage(error);
    }
  };
  const reported: Introspect = (token, incoming) =>
    ask(token, incoming).catch((error: unknown) => {
      report(error);
      throw error;
    });
  const guarded = withCircuit(reported, settings.circuit);
  return settings.cache
    ? withCache(guarded, createReadChanges(server), settings.cache, (error) =>
        report(withoutMemory(error)),
      )
    : withoutCache(guarded);
}

/** Explains a failure of the changes feed, of which callers notice nothing. */
function withoutMemory(error: unknown): unknown {
  return error instanceof UnavailableError
    ? new UnavailableError(error.code, `Each token is asked for: ${error.message}`, {
        cause: error,
      })
    : error;
}

/**
 * @returns undefined if the answer is too old by the time of the decision: the machine or the connection
 * may have stood still
 */
async function verify(
  { answers, resources, metadata, proofs, onAnswer }: Verifier,
  request: VerifiableRequest,
  requirement: Requirement,
): Promise<Access | undefined> {
  const takesProofs = proofs !== undefined;
  const hints = metadata && {
    metadata: metadata.urlFor(request.url),
    scopes: scopesFor(requirement, request.method),
  };
  const challengeBy: ChallengeBy = (used) => challengeFor(takesProofs, used, hints);
  const { scheme, token } = readCredentials(request.headers, takesProofs, challengeBy);
  const challenge = challengeBy(scheme);
  const proof = scheme === 'DPoP' ? await proofs?.read(request, token, challenge) : undefined;
  const { reading, until, origin } = await answers(token, request.headers);
  if (onAnswer !== undefined) {
    const milliseconds = millisecondsUntil(until);
    notify(onAnswer, { origin, milliseconds, request: request.source ?? request });
  }
  if (reading.outcome === 'inactive') {
    throw tokenInvalid(challenge);
  }
  if (resources !== undefined && !isMeantFor(resources, reading.access.audience)) {
    throw audienceInvalid(challenge);
  }
  // Also if only one exists: a bound token without a proof, or a proof for an unbound token.
  if (reading.jkt !== proof?.jkt) {
    throw bindingInvalid(challenge);
  }
  if (proof !== undefined) {
    await proofs?.use(request, proof, challenge, reading.access.sub);
  }
  await check(reading.access, request.method, requirement, challenge);
  return millisecondsUntil(until) > 0 ? reading.access : undefined;
}

function refuseLate(): never {
  const message = 'An answer of the authorization server took more than a second.';
  throw new UnavailableError('timeout', message);
}
