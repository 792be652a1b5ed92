import type { Access } from './access.ts';
import type { Challenge } from './challenge.ts';
import { organizerClosed, permissionMissing, scopeMissing } from './refusal.ts';

/** One permission for all methods, or one for safe methods and one for all others. */
export type Permission = string | { readonly read: string; readonly write: string };

/** Requirement of a request about the data of one organizer. */
export interface OrganizerRequirement {
  /**
   * Slug of the organizer. A function is called only for a token that is live and has the scope;
   * `undefined` refuses as if the token did not open the organizer.
   */
  readonly organizer: string | (() => string | undefined | Promise<string | undefined>);
  /** Permission that the user needs there; without it, membership is enough. */
  readonly permission?: Permission;
  /**
   * Slug of the event that the request is about: the user needs the permission for all events of the
   * organizer or for this one. Without it, or if its function returns `undefined`, the user needs the
   * permission for all events. The function is called after the organizer's.
   */
  readonly event?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
  /** The token must have one of these; by default `read` for safe methods, `write` for others. */
  readonly scopes?: readonly string[];
}

/** Requirement of a request about no organizer, or about all that the token opens. */
export interface ScopeRequirement {
  /** Nothing: what to show is up to the service, with `access.organizers`. */
  readonly organizer: null;
  readonly permission?: never;
  readonly event?: never;
  /** The token must have one of these; by default `read` for safe methods, `write` for others. */
  readonly scopes?: readonly string[];
}

/** Requirement of a request. */
export type Requirement = OrganizerRequirement | ScopeRequirement;

/** Methods that change nothing. @see RFC 9110 §9.2.1 (TRACE is not for APIs) */
const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/** Returns the scopes of which the token of a request must have one. */
export function scopesFor({ scopes }: Requirement, method: string): readonly string[] {
  return scopes ?? [kindOf(method)];
}

function kindOf(method: string): 'read' | 'write' {
  return SAFE.includes(method) ? 'read' : 'write';
}

/**
 * Checks scope, organizer and permission (of the event), in this order: the first names what to ask for.
 * @throws RefusedError `scope_missing`, `organizer_closed`, `permission_missing`
 */
export async function check(
  access: Access,
  method: string,
  requirement: Requirement,
  challenge: Challenge,
): Promise<void> {
  const scopes = scopesFor(requirement, method);
  if (!scopes.some((scope) => access.scopes.includes(scope))) {
    throw scopeMissing(challenge, scopes);
  }
  if (requirement.organizer === null) {
    return;
  }
  const { organizer, permission, event } = requirement;
  const slug = typeof organizer === 'string' ? organizer : await organizer();
  if (slug === undefined || !access.opens(slug)) {
    throw organizerClosed(challenge);
  }
  if (permission !== undefined) {
    const name = typeof permission === 'string' ? permission : permission[kindOf(method)];
    const about = typeof event === 'function' ? await event() : event;
    if (!access.can(slug, name, about)) {
      throw permissionMissing(challenge, name, about === undefined ? 'organizer' : 'event');
    }
  }
}
