import type { Access } from './access.ts';
import { organizerClosed, permissionMissing, scopeMissing } from './refusal.ts';

/** What a route wants of a token. */
export interface Requirement {
  /** The token must have one of these; by default `read` for safe methods, `write` for others. */
  readonly scopes?: readonly string[];
  /** Slug of the organizer whose data the route is about. */
  readonly organizer?: string;
  /** The permission that the user needs at that organizer, for all methods or by kind of method. */
  readonly permission?: string | { readonly read: string; readonly write: string };
}

/** Methods that change nothing. @see RFC 9110 §9.2.1 (TRACE is not for APIs) */
const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Checks scope, organizer and permission, in this order: the first names what to ask for.
 * @throws RefusedError `scope_missing`, `organizer_closed`, `permission_missing`
 */
export function check(access: Access, method: string, requirement: Requirement): void {
  const { organizer, permission } = requirement;
  const kind = SAFE.includes(method) ? 'read' : 'write';
  const scopes = requirement.scopes ?? [kind];
  if (!scopes.some((scope) => access.scopes.includes(scope))) {
    throw scopeMissing(scopes);
  }
  if (organizer !== undefined && !access.opens(organizer)) {
    throw organizerClosed();
  }
  if (permission !== undefined) {
    const name = typeof permission === 'string' ? permission : permission[kind];
    // A permission is one at an organizer; a route that names none lets nobody in.
    if (organizer === undefined || !access.can(organizer, name)) {
      throw permissionMissing(name);
    }
  }
}
