import type { EarlierGrant } from '../grants/grant.ts';
import type { Choice } from './choice.ts';
import { ENDS, type Ends, endOf } from './choice.ts';
import type { ConsentRequest } from './describe.ts';

/** Extent of a new grant, to compare earlier ones with. */
interface Extent {
  readonly scopes: readonly string[];
  /** Slugs. */
  readonly organizers: readonly string[];
  /** Keys; empty: it is not limited to any. */
  readonly resources: readonly string[];
  readonly endsAt: Date | null;
}

/** Scopes and organizers' slugs that grants of an application can open. */
interface Usable {
  readonly scopes: ReadonlySet<string>;
  readonly organizers: ReadonlySet<string>;
}

/**
 * Tests if an earlier grant allows something that a new one does not: a scope, an organizer or a
 * later time. What its application could not use today does not count, nor does a grant for other
 * API services.
 * @param lacking what could be used today and the new grant does not allow
 */
function exceeds(earlier: EarlierGrant, next: Extent, lacking: Usable): boolean {
  return (
    !isForOthers(earlier, next) &&
    (earlier.scopes.some((scope) => lacking.scopes.has(scope)) ||
      earlier.organizers.some((slug) => lacking.organizers.has(slug)) ||
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
  const today = usableToday(request);
  const lacking = {
    scopes: without(today.scopes, next.scopes),
    organizers: without(today.organizers, next.organizers),
  };
  return request.earlier.filter((grant) => exceeds(grant, next, lacking));
}

function without(all: ReadonlySet<string>, some: readonly string[]): ReadonlySet<string> {
  const excluded = new Set(some);
  return new Set([...all].filter((one) => !excluded.has(one)));
}

/** Returns the scopes that the application may ask for today, and the user's organizers. */
export function usableToday({ application, organizers = [] }: ConsentRequest): Usable {
  return {
    scopes: new Set(application.scopes),
    organizers: new Set(organizers.map(({ slug }) => slug)),
  };
}

function isForOthers({ resources }: EarlierGrant, next: Pick<Extent, 'resources'>): boolean {
  return (
    resources.length > 0 &&
    next.resources.length > 0 &&
    !resources.some((key) => next.resources.includes(key))
  );
}

/**
 * Unites what the earlier grants that concern the same API services as a request allow. A new grant that
 * lacks any of it allows less than one of them.
 */
export function whatWasAllowed(request: ConsentRequest) {
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
    /** Tests if one of them ends later than a new grant would. */
    endsLater: (ends: Ends) => {
      const end = endOf(ends, now);
      return end !== null && grants.some(({ endsAt }) => endsAt === null || endsAt > end);
    },
    /** One of them allows more than a new grant can. */
    isCertain: findExceeding(request, most).length > 0,
  };
}

/** Tests if one of the chosen scopes concerns organizers. */
export function wantsOrganizers(request: ConsentRequest, chosen: readonly string[]): boolean {
  return request.scopes.some((scope) => scope.organizers && chosen.includes(scope.name));
}
