import type { Access } from './access.ts';
import { assertRequirement } from './assert-requirement.ts';
import { type RefusalAnswer, RefusedError } from './refusal.ts';
import type { OrganizerRequirement, Requirement, ScopeRequirement } from './requirement.ts';
import type { ResourceServer } from './resource-server.ts';
import type { VerifiableRequest } from './verifiable-request.ts';

/** Requirement of a route about the data of one organizer. */
export interface OrganizerRoute<R> extends Omit<OrganizerRequirement, 'organizer' | 'event'> {
  /**
   * Name of the route's parameter that holds the organizer's slug, or a function that finds the
   * slug out: it is called only for a token that is live and has the scope, and may answer
   * `undefined` where there is no such thing. Where it throws, the request is answered with 503.
   */
  readonly organizer: string | ((request: R) => string | undefined | Promise<string | undefined>);
  /**
   * Name of the route's parameter that holds the event's slug, or a function that finds the slug: the
   * user needs the permission for all events of the organizer or for this one. Without it, or if the
   * function returns `undefined`, the user needs the permission for all events.
   */
  readonly event?: string | ((request: R) => string | undefined | Promise<string | undefined>);
}

/**
 * Requirement of a route. `organizer` is mandatory: a route about no organizer, or about all that
 * the token opens, says `null`.
 */
export type RouteRequirement<R> = OrganizerRoute<R> | ScopeRequirement;

/** Functions that read a framework's request. */
export interface Framework<R> {
  verifiable(request: R): VerifiableRequest;
  /** The value of a parameter of the route; undefined where the route has none of that name. */
  parameter(request: R, name: string): unknown;
}

/** The answer to send to a request; undefined where it is let in. */
export type Guard<R> = (request: R) => Promise<RefusalAnswer | undefined>;

const accesses = new WeakMap<object, Access>();

/**
 * Returns the access that the guard of this route has verified. Takes the handler's argument: Koa's
 * context, Express's or Fastify's request.
 *
 * ```ts
 * router.get('/organizers', guard(resourceServer, { organizer: null }), (ctx) => {
 *   ctx.body = accessOf(ctx).organizers;
 * });
 * ```
 * @throws TypeError if no guard admitted this request: the route would be open to everybody
 */
export function accessOf(request: object): Access {
  const access = accesses.get(request);
  if (access === undefined) {
    throw new TypeError('This route has no guard: put one before its handler.');
  }
  return access;
}

/**
 * Prepares the guard of a route for one of the frameworks.
 * @throws TypeError for a requirement that does not say what it seems to
 */
export function createGuard<R extends object>(
  framework: Framework<R>,
  resourceServer: ResourceServer,
  route: RouteRequirement<R>,
): Guard<R> {
  assertRequirement(route);
  return async (request) => {
    try {
      const requirement = requirementOf(framework, route, request);
      const access = await resourceServer.verify(framework.verifiable(request), requirement);
      accesses.set(request, access);
      return undefined;
    } catch (error) {
      if (error instanceof RefusedError) {
        return error.answer;
      }
      throw error;
    }
  };
}

function requirementOf<R>(
  framework: Framework<R>,
  route: RouteRequirement<R>,
  request: R,
): Requirement {
  if (route.organizer === null) {
    return route;
  }
  const { organizer, event, ...others } = route;
  const find = (named: typeof organizer) =>
    typeof named === 'string'
      ? () => readParameter(framework, request, named)
      : () => named(request);
  return {
    ...others,
    organizer: find(organizer),
    ...(event === undefined ? {} : { event: find(event) }),
  };
}

function readParameter<R>(framework: Framework<R>, request: R, name: string): string {
  const value = framework.parameter(request, name);
  if (typeof value !== 'string') {
    throw new TypeError(`the guard's route has no parameter "${name}".`);
  }
  return value;
}

/** A value's own property: `constructor` is no parameter of a route. */
export function readProperty(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
