import type { Command } from 'commander';
import { apiAction, examples, type Line, printEntry, several } from './command.ts';
import { addDestructiveCommand, addShow } from './common-verbs.ts';
import { printList } from './list.ts';
import { type Management, pathTo, quote, type Request } from './management.ts';
import type { Column } from './present.ts';
import type { Shell } from './shell.ts';

const COLUMNS: readonly Column[] = [
  ['ID', 'id'],
  ['NAME', 'name'],
  ['MEMBERS', ({ members }) => String(Array.isArray(members) ? members.length : 0)],
  ['PERMISSIONS', 'permissions'],
];
const FACTS: readonly Column[] = [
  ['Id', 'id'],
  ['Name', 'name'],
  ['Permissions', 'permissions'],
  ['Members', 'members'],
];

interface TeamOptions {
  readonly name?: string;
  readonly permission?: readonly string[];
  readonly member?: readonly string[];
}

/** `stagedoor team …` */
export function addTeam(program: Command, shell: Shell): void {
  const team = program.command('team').description('Teams of an organizer: who may do there what.');
  examples(
    team,
    'team list redstage',
    'team put redstage staff --permission can_view_orders --member ada',
    'team add-member redstage staff ben',
  );
  addList(team, shell);
  addShow(team, shell, {
    description: 'One team with its members.',
    args: ['<organizer>', '<id>'],
    request: (words) => request('GET', words),
    facts: FACTS,
    examples: ['team show redstage staff'],
  });
  addPut(team, shell);
  addMembership(team, shell);
  addDestructiveCommand(team, shell, {
    verb: 'delete',
    description: 'Delete a team. Who was in it loses its permissions at once.',
    args: ['<organizer>', '<id>'],
    question: ([slug = '', id = '']) => `Delete the team ${quote(id)} of ${quote(slug)}?`,
    request: (words) => request('DELETE', words),
    done: ([slug = '', id = '']) => `Deleted the team ${quote(id)} of ${quote(slug)}.`,
    examples: ['team delete redstage staff', 'team delete redstage staff --yes'],
  });
}

function addList(team: Command, shell: Shell): void {
  const list = team
    .command('list')
    .description('The teams of an organizer, by id. With --json one array.')
    .argument('<organizer>')
    .action(
      apiAction(shell, (api, line) => {
        const [slug = ''] = line.args;
        return printList(api, line, {
          path: pathTo`/directory/organizers/${slug}/teams/`,
          columns: COLUMNS,
          none: 'There are no teams.',
          missing: `There is no organizer with the slug ${quote(slug)}.`,
        });
      }),
    );
  examples(list, 'team list redstage', "team list redstage --json | jq -r '.[].id'");
}

function addPut(team: Command, shell: Shell): void {
  const put = team
    .command('put')
    .description('Create a team, or make one exactly this: who is not named is no member any more.')
    .argument('<organizer>')
    .argument('<id>')
    .option('--name <text>', 'for people')
    .option('--permission <name>', 'what members may do there; may be repeated', several)
    .option('--member <user>', 'id of a user; may be repeated', several)
    .action(
      apiAction<TeamOptions>(shell, async (api, line) => {
        const { name = '', permission = [], member = [] } = line.options;
        const body = { name, permissions: permission, members: member };
        printEntry(line, (await api.call(request('PUT', line.args, body))).body, FACTS);
      }),
    );
  examples(
    put,
    'team put redstage staff --name Staff --permission can_view_orders --member ada --member ben',
    'team put redstage staff --name "Nobody left"',
  );
}

function addMembership(team: Command, shell: Shell): void {
  for (const [verb, description, change] of [
    [
      'add-member',
      'Add users to a team, beside those who are in it.',
      (before: readonly unknown[], users: readonly string[]) => [...new Set([...before, ...users])],
    ],
    [
      'remove-member',
      'Take users out of a team. They lose its permissions at once.',
      (before: readonly unknown[], users: readonly string[]) =>
        before.filter((one) => !users.some((user) => user === one)),
    ],
  ] as const) {
    const command = team
      .command(verb)
      .description(
        `${description} The team is read and written back: of two changes at once the later one counts.`,
      )
      .argument('<organizer>')
      .argument('<id>')
      .argument('<user...>')
      .action(apiAction(shell, (api, line) => changeMembers(api, line, change)));
    examples(command, `team ${verb} redstage staff ada`, `team ${verb} redstage staff ada ben`);
  }
}

async function changeMembers(
  api: Management,
  line: Line<object>,
  change: (before: readonly unknown[], users: readonly string[]) => readonly unknown[],
): Promise<void> {
  const [slug = '', id = '', ...users] = line.args;
  const { body } = await api.call(request('GET', [slug, id]));
  const before = Array.isArray(body.members) ? body.members : [];
  const changed = {
    name: body.name,
    permissions: body.permissions,
    members: change(before, users),
  };
  printEntry(line, (await api.call(request('PUT', [slug, id], changed))).body, FACTS);
}

function request(
  method: Request['method'],
  [slug = '', id = '']: readonly string[],
  body?: object,
): Request {
  const missing =
    method === 'PUT'
      ? `There is no organizer with the slug ${quote(slug)}.`
      : `There is no team with the id ${quote(id)} at an organizer ${quote(slug)}.`;
  const path = pathTo`/directory/organizers/${slug}/teams/${id}/`;
  return { method, path, missing, ...(body && { body }) };
}
