import { z } from 'zod';
import { component } from '../api/endpoint.ts';
import { line, subsetOf } from '../api/fields.ts';
import { ordering } from '../api/query.ts';
import { ValidationError } from '../lib/errors.ts';
import { isDirectoryId } from '../users/user.ts';
import { EVENTS_PER_TEAM, isEventSlug, type Team, type TeamInput } from './team.ts';
import { EXAMPLES } from './wire-examples.ts';

const SAYS = {
  permissions: 'Permissions of the members at this organizer.',
  allEvents:
    'True: the permissions hold for all events of the organizer, also later ones. False: for those in `limit_events`, and organizer-level permissions as before.',
  limitEvents: `Slugs of the events for which the permissions hold, at most ${EVENTS_PER_TEAM}: letters, digits, dots, dashes and underscores. Only with \`all_events\` false.`,
};

/** Body of `PUT /directory/organizers/{slug}/teams/{id}/`. */
export function teamBody(permissions: readonly string[]) {
  return component(
    'TeamBody',
    z.object({
      name: line(255).default('').describe('Name on the platform.'),
      permissions: subsetOf(permissions).default([]).describe(SAYS.permissions),
      all_events: z.boolean().default(true).describe(SAYS.allEvents),
      limit_events: z
        .array(z.string().refine(isEventSlug, 'Not the slug of an event.'))
        .max(EVENTS_PER_TEAM)
        .default([])
        .describe(SAYS.limitEvents),
      members: z
        .array(z.string().refine(isDirectoryId, 'Not a user ID.'))
        .default([])
        .describe('User IDs. Users who are not listed are removed from the team.'),
    }),
    EXAMPLES.teamBody,
  );
}

/**
 * Reads a team from a request body.
 * @throws ValidationError for a list of events that would have no effect
 */
export function readTeam(body: z.output<ReturnType<typeof teamBody>['schema']>): TeamInput {
  const { name, permissions, all_events: allEvents, limit_events, members } = body;
  if (allEvents && limit_events.length > 0) {
    throw new ValidationError({ limit_events: ['Set all_events to false to list events.'] });
  }
  return { name, permissions, allEvents, limitEvents: [...new Set(limit_events)].sort(), members };
}

/** Query of `GET /directory/organizers/{slug}/teams/`. */
export const teamQuery = z.object({ ordering: ordering(['id'], 'id') });

/** A team in API answers. */
export const teamAnswer = component(
  'Team',
  z.object({
    id: z.string().describe("The platform's ID, unique at the organizer."),
    name: z.string(),
    permissions: z.array(z.string()),
    all_events: z.boolean(),
    limit_events: z.array(z.string()).describe('Slugs of events, sorted; empty with `all_events`.'),
    members: z.array(z.string()).describe('User IDs, sorted.'),
  }),
  EXAMPLES.team,
);

/** A team as the API answers it. */
export function presentTeam(team: Team): z.infer<typeof teamAnswer.schema> {
  const { id, name, permissions, allEvents, limitEvents, members } = team;
  return {
    id,
    name,
    permissions: [...permissions],
    all_events: allEvents,
    limit_events: [...limitEvents],
    members: [...members],
  };
}
