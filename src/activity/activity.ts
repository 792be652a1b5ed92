import type { LogEntry } from '../audit/log-entry.ts';

/** Kinds of entries in a user's log. */
export type ActivityKind = 'authorizations' | 'sign_ins' | 'account' | 'applications';

/** Actions of a kind, by how their names begin: one that is new finds its kind by its name. */
export interface ActionNames {
  readonly prefixes: readonly string[];
  /** Actions with such a prefix that belong to another kind. */
  readonly except: readonly string[];
}

const OAUTH = 'stagedoor.user.oauth.';
const SIGN_IN = ['stagedoor.user.signed_', 'stagedoor.user.sign_in_', 'stagedoor.user.sessions_'];

/** The actions of each kind, in the order in which the kinds are offered. */
export const ACTIVITY_KINDS: Readonly<Record<ActivityKind, ActionNames>> = {
  authorizations: { prefixes: [OAUTH], except: [] },
  sign_ins: { prefixes: SIGN_IN, except: [] },
  account: {
    prefixes: ['stagedoor.user.', 'stagedoor.directory.'],
    except: [OAUTH, ...SIGN_IN],
  },
  applications: { prefixes: ['stagedoor.application.'], except: [] },
};

/** Tests if `value` is the name of a kind. */
export function isActivityKind(value: unknown): value is ActivityKind {
  return typeof value === 'string' && Object.hasOwn(ACTIVITY_KINDS, value);
}

export type ActivityEntry = Omit<LogEntry, 'userId'>;

/** An application that occurs in a user's log, by the name that it had there last. */
export interface ActivityApplication {
  readonly clientId: string;
  readonly name: string;
}

/** Filters of a user's log. An undefined one matches all entries. They combine. */
export interface ActivityFilter {
  readonly userId: string;
  readonly kind?: ActivityKind | undefined;
  readonly clientId?: string | undefined;
  /** Slug of an organizer that an authorization opens, or opened before it was reduced. */
  readonly organizer?: string | undefined;
  readonly from?: Date | undefined;
  /** First moment that is left out. */
  readonly until?: Date | undefined;
}

/** Place of an entry in a log, which is ordered by time, and at the same time by ID. */
export interface Place {
  /** Since 1970; a `Date` has no microseconds. */
  readonly micros: string;
  readonly id: string;
}

/** An entry as it was read. */
export interface FoundEntry extends ActivityEntry {
  readonly place: Place;
  /** The same for entries that have the same sentence and the same advice. */
  readonly likeness: string;
}
