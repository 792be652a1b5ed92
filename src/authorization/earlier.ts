import type { EarlierGrant } from '../grants/grant.ts';
import type { Choice } from './choice.ts';
import type { ConsentRequest } from './describe.ts';
import { ENDS, type Ends, endOf } from './ends.ts';

/** Extent of a new grant, to compare earlier ones with. */
interface Extent {
  readonly scopes: readonly string[];
  /** Slugs. */
  readonly organizers: readonly string[];
  /** Keys; empty: it is not limited to any. */
  readonly resources: readonly string[];
  readonly endsAt: Date | null;
}

/**
 * Tests if an earlier grant allows something that a new one does not: a scope, an organizer or a
 * later time. What its application could not use today does not count, nor does a grant for other
 * API services.
 * @param today scopes that the application may ask for, and the user's organizers
 */
function exceeds(
  earlier: EarlierGrant,
  next: Extent,
  today: { readonly scopes: readonly string[]; readonly organizers: readonly string[] },
): boolean {
  const lacks = (had: readonly string[], has: readonly string[], still: readonly string[]) =>
    had.some((one) => still.includes(one) && !has.includes(one));
  return (
    !isForOthers(earlier, next) &&
    (lacks(earlier.scopes, next.scopes, today.scopes) ||
      lacks(earlier.organizers, next.organizers, today.organizers) ||
      (next.endsAt !== null && (earlier.endsAt === null || earlier.endsAt > next.endsAt)))
  );
}

/** Returns the earlier grants that allow more than a choice. */
export function findExceeding(
  request: ConsentRequest,
  choice: Pick<Choice, 'scopes' | 'organizers' | 'ends'>,
): readonly EarlierGrant[] {
  const next = {
    scopes: choice.scopes,
    organizers: wantsOrganizers(request, choice.scopes) ? choice.organizers : [],
    resources: request.resources.map(({ key }) => key),
    endsAt: endOf(choice.ends, new Date()),
  };
  const today = {
    scopes: request.application.scopes,
    organizers: (request.organizers ?? []).map(({ slug }) => slug),
  };
  return request.earlier.filter((grant) => exceeds(grant, next, today));
}

function isForOthers({ resources }: EarlierGrant, next: Pick<Extent, 'resources'>): boolean {
  return (
    resources.length > 0 &&
    next.resources.length > 0 &&
    !resources.some((key) => next.resources.includes(key))
  );
}

/** Union of the earlier grants that concern the same API services as a request. */
export interface Allowed {
  readonly grants: number;
  readonly scopes: ReadonlySet<string>;
  readonly organizers: ReadonlySet<string>;
  /** Tests if one of them ends later than a new grant would. */
  readonly endsLater: (ends: Ends) => boolean;
  /** One of them allows more than a new grant can. */
  readonly isCertain: boolean;
}

/** Returns what earlier grants allow. A new grant that lacks any of it allows less than one of them. */
export function whatWasAllowed(request: ConsentRequest): Allowed {
  const resources = request.resources.map(({ key }) => key);
  const grants = request.earlier.filter((grant) => !isForOthers(grant, { resources }));
  const most = {
    scopes: request.scopes.map(({ name }) => name).filter((name) => !request.emptyScopes.has(name)),
    organizers: (request.organizers ?? []).map(({ slug }) => slug),
    ends: ENDS[0],
  };
  const now = new Date();
  return {
    grants: grants.length,
    scopes: new Set(grants.flatMap(({ scopes }) => scopes)),
    organizers: new Set(grants.flatMap(({ organizers }) => organizers)),
    endsLater: (ends) => {
      const end = endOf(ends, now);
      return end !== null && grants.some(({ endsAt }) => endsAt === null || endsAt > end);
    },
    isCertain: findExceeding(request, most).length > 0,
  };
}

/** Tests if one of the chosen scopes concerns organizers. */
export function wantsOrganizers(request: ConsentRequest, chosen: readonly string[]): boolean {
  return request.scopes.some((scope) => scope.organizers && chosen.includes(scope.name));
}
