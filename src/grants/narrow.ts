import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { opensOrganizers, type ScopeConfig } from '../lib/scopes.ts';
import { updateNarrowed } from './change-store.ts';
import type { GrantDetails } from './grant.ts';
import { revokeGrant } from './revoke.ts';
import { listLiveGrants } from './store.ts';

/** The part of a grant that its user keeps; everything that is not named is removed. */
export interface Narrowing {
  readonly grantId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  /** Slugs. */
  readonly organizers: readonly string[];
  /** The end from now on; null leaves a grant without one as it is. */
  readonly endsAt: Date | null;
  readonly origin: Origin;
}

export type NarrowResult =
  /** It holds from the next introspection on. */
  | 'narrowed'
  /** Nothing was taken away. */
  | 'unchanged'
  /** Nothing was left, so the grant has ended. */
  | 'revoked'
  /** There is no such live grant of this user. */
  | 'ended'
  /** It names what the grant does not have (any more), or a later end: never widened here. */
  | 'wider';

/**
 * Takes scopes or organizers away from a grant, or brings its end closer, with its log entry in
 * the same transaction. Live tokens lose it at once, since validity is read from the grant. Widening
 * goes through consent only.
 * @param scopes as configured, in their order
 */
export async function narrowGrant(
  tx: Tx,
  scopes: readonly ScopeConfig[],
  narrowing: Narrowing,
): Promise<NarrowResult> {
  const { userId, grantId, origin } = narrowing;
  const [grant] = await listLiveGrants(tx, { userId, id: grantId });
  if (grant === undefined) {
    return 'ended';
  }
  if (isWider(grant, narrowing)) {
    return 'wider';
  }
  const left = whatIsLeft(scopes, grant, narrowing);
  if (left === undefined) {
    await revokeGrant(tx, grantId, { reason: 'revoked_by_user', actor: `user:${userId}`, origin });
    return 'revoked';
  }
  const removedScopes = grant.scopes.filter((scope) => !left.scopes.includes(scope));
  const removedOrganizers = grant.organizers.filter(({ slug }) => !left.organizers.includes(slug));
  const endMoved = left.endsAt?.getTime() !== grant.endsAt?.getTime();
  if (removedScopes.length === 0 && removedOrganizers.length === 0 && !endMoved) {
    return 'unchanged';
  }
  await updateNarrowed(tx, grantId, left);
  await record(tx, {
    action: 'stagedoor.user.oauth.narrowed',
    actor: `user:${userId}`,
    userId,
    clientId: grant.clientId,
    grantId,
    origin,
    data: {
      application: grant.applicationName,
      removed_scopes: removedScopes,
      removed_organizers: removedOrganizers,
      ends_at: endMoved ? (left.endsAt?.toISOString() ?? null) : null,
    },
  });
  return 'narrowed';
}

function isWider(grant: GrantDetails, { scopes, organizers, endsAt }: Narrowing): boolean {
  const slugs = grant.organizers.map(({ slug }) => slug);
  const later = grant.endsAt !== null && (endsAt === null || endsAt > grant.endsAt);
  return (
    later ||
    !scopes.every((scope) => grant.scopes.includes(scope)) ||
    !organizers.every((slug) => slugs.includes(slug))
  );
}

/**
 * Tests if an application could use nothing that is left, so that the grant would end.
 * @param scopes as configured
 */
export function leavesNothing(
  scopes: readonly ScopeConfig[],
  left: Pick<Narrowing, 'scopes' | 'organizers'>,
): boolean {
  const needed = opensOrganizers(scopes, left.scopes);
  return left.scopes.length === 0 || (needed && left.organizers.length === 0);
}

/** Undefined where that is nothing. */
function whatIsLeft(
  scopes: readonly ScopeConfig[],
  grant: GrantDetails,
  narrowing: Narrowing,
): Pick<Narrowing, 'scopes' | 'organizers' | 'endsAt'> | undefined {
  const { endsAt } = narrowing;
  const stay = grant.scopes.filter((scope) => narrowing.scopes.includes(scope));
  // Without a scope that concerns organizers, none are kept.
  const organizers = opensOrganizers(scopes, stay) ? narrowing.organizers : [];
  const over = endsAt !== null && endsAt.getTime() <= Date.now();
  return over || leavesNothing(scopes, { scopes: stay, organizers })
    ? undefined
    : { scopes: stay, organizers, endsAt };
}
