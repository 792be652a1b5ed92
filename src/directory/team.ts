/** A team of one organizer: its members have its permissions there. */
export interface Team {
  /** The platform's own, unique within the organizer. */
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  /** True: the permissions hold for all events of the organizer. */
  readonly allEvents: boolean;
  /** Sorted slugs of the events for which they hold otherwise; empty if `allEvents`. */
  readonly limitEvents: readonly string[];
  /** Ids of users, sorted. */
  readonly members: readonly string[];
}

/** Fields of a team that the platform sets. */
export type TeamInput = Omit<Team, 'id'>;

/** Most events that a team can list. */
export const EVENTS_PER_TEAM = 1000;

const EVENT_SLUG = /^[A-Za-z0-9._-]{1,64}$/;

/** Tests if `value` may be the slug of an event. Those of pretix have letters, digits, dots and dashes. */
export function isEventSlug(value: string): boolean {
  return EVENT_SLUG.test(value);
}

/** Returns the counter name of the list of an organizer's teams. */
export function teamsListOf(organizerSlug: string): string {
  return `teams/${organizerSlug}`;
}
