import { type RawBuilder, sql } from 'kysely';
import type { Organizer } from './organizer.ts';

/** An organizer with the teams there that a user is in, at least one. */
export interface OrganizerWithTeams extends Organizer {
  readonly teams: readonly (readonly [permissions: readonly string[], allEvents: boolean])[];
}

/** Query for the organizers in which a user is in a team, by slug, with these teams. */
export const organizersWithTeams = (userId: RawBuilder<string>) => sql<OrganizerWithTeams>`
  select o.slug, o.name, mine.teams
  from (
    select m.organizer_slug, json_agg(json_build_array(t.permissions, t.all_events)) as teams
    from memberships m
      join teams t on t.organizer_slug = m.organizer_slug and t.id = m.team_id
    where m.user_id = ${userId}
    group by m.organizer_slug
  ) mine
    join organizers o on o.slug = mine.organizer_slug
  order by o.slug`;
