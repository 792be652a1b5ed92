import type { TestApplication, TestUser } from '../support/factories.ts';
import type { AuthorizeResult } from '../support/flow.ts';
import type { UserAgent } from '../support/user-agent.ts';

/*
 * Expected state of a few users, applications and their tokens, without a database. Times are seconds
 * since the start of the walk, and only `Model.now` changes them.
 */

export interface ModelUser {
  readonly user: TestUser;
  /** One browser for each server process. */
  readonly agents: readonly UserAgent[];
  readonly organizers: Set<string>;
  active: boolean;
  deleted: boolean;
}

export interface ModelApplication {
  readonly application: TestApplication;
  enabled: boolean;
  suspended: boolean;
  deleted: boolean;
}

export interface ModelGrant {
  readonly id: string;
  readonly owner: ModelUser;
  readonly client: ModelApplication;
  scopes: readonly string[];
  organizers: readonly string[];
  ended: boolean;
}

export interface ModelCode {
  readonly authorization: AuthorizeResult;
  readonly grant: ModelGrant;
  readonly expiresAt: number;
  redeemed: boolean;
}

/** The two tokens of one response. */
export interface ModelPair {
  readonly grant: ModelGrant;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly issuedAt: number;
  /** Set when the refresh token was used. */
  usedAt?: number;
  /** The pair for which it was used. */
  successor?: ModelPair;
}

/** Seconds. Steps of time are multiples of 400, so that no limit is near. */
export const LIFETIMES = { code: 60, retry: 600, accessToken: 3_000, refreshToken: 10_200 };

export interface Model {
  now: number;
  /** Seconds in which a refresh can be repeated; 0: not at all. */
  readonly retrySeconds: number;
  readonly users: readonly ModelUser[];
  readonly applications: readonly ModelApplication[];
  readonly grants: ModelGrant[];
  readonly codes: ModelCode[];
  readonly pairs: ModelPair[];
}

/** Expected response to a code or refresh token. */
export type Expected =
  | 'new tokens'
  | 'the same tokens'
  | 'refused'
  /** Refused, and the grant ends. */
  | 'reuse';

export function isOpen({ enabled, suspended, deleted }: ModelApplication): boolean {
  return enabled && !suspended && !deleted;
}

/** Tests if a grant and both parties are live. */
export function isLive({ owner, client, ended }: ModelGrant): boolean {
  return !ended && owner.active && !owner.deleted && isOpen(client);
}

/** Tests if the row of a grant still exists. */
export function exists({ owner, client }: ModelGrant): boolean {
  return !owner.deleted && !client.deleted;
}

export function expectedOfCode({ now }: Model, code: ModelCode): Expected {
  if (!exists(code.grant)) {
    return 'refused';
  }
  if (code.redeemed) {
    return 'reuse';
  }
  return isLive(code.grant) && code.expiresAt > now ? 'new tokens' : 'refused';
}

export function expectedOfRefresh({ now, retrySeconds }: Model, pair: ModelPair): Expected {
  const { grant, usedAt, successor, issuedAt } = pair;
  if (!exists(grant)) {
    return 'refused';
  }
  const live = isLive(grant) && issuedAt + LIFETIMES.refreshToken > now;
  if (usedAt === undefined) {
    return live ? 'new tokens' : 'refused';
  }
  const inTime = now - usedAt < retrySeconds && successor?.usedAt === undefined;
  if (!inTime || grant.ended) {
    return 'reuse';
  }
  return live ? 'the same tokens' : 'refused';
}

/** Introspection result that has to be returned for a token. */
export interface ExpectedState {
  readonly active: boolean;
  readonly scopes?: readonly string[];
  readonly organizers?: readonly string[];
}

export function expectedState(
  { now }: Model,
  pair: ModelPair,
  kind: 'accessToken' | 'refreshToken',
): ExpectedState {
  const { grant, issuedAt, usedAt } = pair;
  const active = isLive(grant) && usedAt === undefined && issuedAt + LIFETIMES[kind] > now;
  return active
    ? {
        active,
        scopes: grant.scopes.toSorted(),
        organizers: grant.organizers.filter((slug) => grant.owner.organizers.has(slug)).toSorted(),
      }
    : { active };
}
