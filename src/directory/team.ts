/** A team of one organizer: its members have its permissions there. */
export interface Team {
  /** The platform's own, unique within the organizer. */
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  /** Ids of users, sorted. */
  readonly members: readonly string[];
}

/** Fields of a team that the platform sets. */
export type TeamInput = Omit<Team, 'id'>;

/** Returns the counter name of the list of an organizer's teams. */
export function teamsListOf(organizerSlug: string): string {
  return `teams/${organizerSlug}`;
}
