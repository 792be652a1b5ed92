import type { Command } from 'commander';
import { apiAction, examples, printEntry } from './command.ts';
import { directoryApi } from './directory-api.ts';
import { requestOf } from './operation.ts';
import { listed } from './present.ts';
import { type Resource, resourceCommands } from './resource.ts';
import type { Shell } from './shell.ts';

const TEAM: Resource = {
  endpoints: directoryApi,
  examples: [
    'team list redstage',
    'team put redstage staff --permission can_view_orders --member ada',
    'team add-member redstage staff ben',
  ],
  columns: {
    ID: 'id',
    NAME: 'name',
    MEMBERS: ({ members }) => String(Array.isArray(members) ? members.length : 0),
    PERMISSIONS: 'permissions',
    EVENTS: ({ all_events, limit_events }) => (all_events === true ? 'all' : listed(limit_events)),
  },
  facts: {
    Id: 'id',
    Name: 'name',
    Permissions: 'permissions',
    'All events': 'all_events',
    Events: 'limit_events',
    Members: 'members',
  },
  params: { slug: 'organizer' },
  commands: {
    list: {
      operation: 'listTeams',
      examples: ['team list redstage', "team list redstage --json | jq -r '.[].id'"],
    },
    show: { operation: 'getTeam' },
    put: {
      operation: 'putTeam',
      flags: {
        '--no-all-events': [
          'permissions hold only for the events of --limit-event',
          { all_events: false },
        ],
      },
      examples: [
        'team put redstage staff --name Staff --permission can_view_orders --member ada --member ben',
        'team put redstage door --permission can_view_orders --no-all-events --limit-event spring-fair --member ben',
        'team put redstage staff --name "Nobody left"',
      ],
    },
    delete: { operation: 'deleteTeam', confirm: '' },
  },
};

type ChangeMembers = (before: readonly unknown[], users: readonly string[]) => readonly unknown[];

/** Sets up `stagedoor team`. */
export function addTeam(group: Command, shell: Shell): void {
  const operations = resourceCommands(TEAM)(group, shell);
  const addMembership = (name: string, description: string, change: ChangeMembers) => {
    const command = group
      .command(name)
      .description(description)
      .argument('<organizer>')
      .argument('<id>')
      .argument('<user...>')
      .action(
        apiAction(shell, TEAM.endpoints, async (api, line) => {
          const [slug = '', id = '', ...users] = line.args;
          const team = await api.call(requestOf(operations('getTeam'), [slug, id]));
          const { members } = team.body;
          const changed = change(Array.isArray(members) ? members : [], users);
          // Every other field as it is: an omitted one would get its default.
          const body = { ...team.body, members: changed };
          const { body: answer } = await api.call(
            requestOf(operations('putTeam'), [slug, id], body),
          );
          printEntry(line, answer, TEAM.facts);
        }),
      );
    examples(command, `team ${name} redstage staff ada`, `team ${name} redstage staff ada ben`);
  };
  addMembership(
    'add-member',
    'Add users to a team, beside those who are in it.',
    (before, users) => [...new Set([...before, ...users])],
  );
  addMembership(
    'remove-member',
    'Take users out of a team. They lose its permissions at once.',
    (before, users) => before.filter((one) => !users.some((user) => user === one)),
  );
}
