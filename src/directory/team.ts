/** A team of one organizer: its members have its permissions there. */
export interface Team {
  /** The platform's own, unique within the organizer. */
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[];
  /** Ids of users, sorted. */
  readonly members: readonly string[];
}

/** What the platform says of a team. */
export type TeamInput = Omit<Team, 'id'>;

/** What the list of an organizer's teams is called where lists are counted. */
export function teamsListOf(organizerSlug: string): string {
  return `teams/${organizerSlug}`;
}
