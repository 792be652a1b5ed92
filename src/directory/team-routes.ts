import type { ApiDeps, Endpoint } from '../api/endpoint.ts';
import { listEndpoint } from '../api/list-endpoint.ts';
import { readEndpoint } from '../api/read-endpoint.ts';
import type { Param } from '../api/route.ts';
import { deleteEndpoint, writeEndpoint } from '../api/write-endpoint.ts';
import { found } from '../lib/errors.ts';
import { deleteTeam, putTeam } from './change-team.ts';
import { isSlug } from './organizer.ts';
import { findOrganizer, findTeam, listTeams } from './organizer-store.ts';
import { putAnswer } from './put-outcome.ts';
import { teamsListOf } from './team.ts';
import { presentTeam, readTeam, teamAnswer, teamBody, teamQuery } from './team-wire.ts';

const SLUG = { description: 'Slug of the organizer', example: 'oldmill' };
const TEAM = {
  path: '/directory/organizers/:slug/teams/:id',
  right: 'directory',
  tag: 'Organizers and teams',
  params: {
    slug: SLUG,
    id: { description: 'ID of the team: 1 to 64 of A-Z a-z 0-9 . _ -', example: 'box-office' },
  },
} as const;

/** Returns the list name of a slug; a malformed slug has no list, which answers 404. */
function listOf(param: Param): string | undefined {
  const slug = param('slug');
  return isSlug(slug) ? teamsListOf(slug) : undefined;
}

/** The teams of each organizer; who is in them may do there what they may do. */
export function teamEndpoints(deps: ApiDeps, permissions: readonly string[]): Endpoint[] {
  return [
    listEndpoint(deps, {
      path: '/directory/organizers/:slug/teams',
      right: 'directory',
      tag: 'Organizers and teams',
      id: 'listTeams',
      summary: 'List the teams of an organizer',
      params: { slug: SLUG },
      query: teamQuery,
      entry: teamAnswer,
      conditional: { by: 'last-modified', list: listOf },
      load: async (tx, { query, param, slice }) => {
        const { slug } = found(await findOrganizer(tx, param('slug')));
        return listTeams(tx, slug, slice, query.ordering.direction);
      },
      present: presentTeam,
    }),
    readEndpoint(deps, {
      ...TEAM,
      id: 'getTeam',
      summary: 'Read a team',
      answer: teamAnswer,
      list: listOf,
      load: (tx, param) => findTeam(tx, param('slug'), param('id')),
      present: presentTeam,
    }),
    writeEndpoint(deps, {
      ...TEAM,
      method: 'put',
      id: 'putTeam',
      summary: 'Create or replace a team',
      details:
        'Users and events that are not listed are removed. Members, permissions and events apply from the next introspection on.',
      body: teamBody(permissions),
      answer: teamAnswer,
      statuses: { 200: 'The existing team.', 201: 'The team was created.' },
      run: async ({ tx, actor, param, body }) => {
        const input = readTeam(body);
        const { team, outcome } = await putTeam(tx, actor, param('slug'), param('id'), input);
        return putAnswer(outcome, presentTeam(team));
      },
    }),
    deleteEndpoint(deps, {
      ...TEAM,
      id: 'deleteTeam',
      summary: 'Delete a team',
      details: 'Its members lose its permissions immediately.',
      deleted: 'The team was deleted.',
      run: ({ tx, actor, param }) => deleteTeam(tx, actor, param('slug'), param('id')),
    }),
  ];
}
