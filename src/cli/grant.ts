import type { Command } from 'commander';
import { apiAction, examples } from './command.ts';
import { addDestructiveCommand, addShow } from './common-verbs.ts';
import { printList } from './list.ts';
import { type Entry, pathTo, quote, type Request } from './management.ts';
import type { Column } from './present.ts';
import { type Shell, UsageError } from './shell.ts';

const ID = 'Tg6PqNBuCz1oEyKdV0hSxA4m';
const STATE = ({ revoked_at: at, revocation_reason: reason, ends_at, expires_at }: Entry) => {
  if (at !== null) {
    return String(reason).replaceAll('_', ' ');
  }
  const end = [ends_at, expires_at].filter((one) => typeof one === 'string').sort()[0] ?? '';
  return Date.parse(end) < Date.now() ? 'over' : 'active';
};
const FACTS: readonly Column[] = [
  ['Id', 'id'],
  ['User', 'user'],
  ['Application', 'application'],
  ['State', STATE],
  ['Scopes', (entry) => (Array.isArray(entry.scopes) ? entry.scopes.join(' ') : '-')],
  ['Organizers', 'organizers'],
  ['Given', 'created_at'],
  ['Last used', 'last_used_at'],
  ['Last used from', 'last_used_ip'],
  ['Ends if unused', 'expires_at'],
  ['Ends', 'ends_at'],
  ['Revoked', 'revoked_at'],
];

interface ListOptions {
  readonly user?: string;
  readonly application?: string;
  readonly organizer?: string;
  readonly active?: boolean;
  readonly ended?: boolean;
}

/** `stagedoor grant …` */
export function addGrant(program: Command, shell: Shell): void {
  const grant = program
    .command('grant')
    .description('Grants: what users have authorized applications to do.');
  examples(grant, 'grant list --user ada --active', `grant revoke ${ID}`);
  addList(grant, shell);
  addShow(grant, shell, {
    description: 'One grant.',
    args: ['<id>'],
    request: ([id = '']) => request('GET', id),
    facts: FACTS,
    examples: [`grant show ${ID}`],
  });
  addDestructiveCommand(grant, shell, {
    verb: 'revoke',
    description: 'End a grant with all its tokens, at once and for good. The user gets a mail.',
    args: ['<id>'],
    question: ([id = '']) => `Revoke the grant ${quote(id)} with all its tokens?`,
    request: ([id = '']) => request('POST', id, 'revoke/'),
    done: ([id = '']) => `The grant ${quote(id)} has ended.`,
    examples: [
      `grant revoke ${ID}`,
      "grant list --user ada --active --json | jq -r '.[].id' | xargs -n1 stagedoor grant revoke --yes",
    ],
  });
}

function addList(grant: Command, shell: Shell): void {
  const list = grant
    .command('list')
    .description('All grants, the newest first, also those that have ended. With --json one array.')
    .option('--user <id>', 'only those of this user')
    .option('--application <client_id>', 'only those of this application')
    .option('--organizer <slug>', 'only those for this organizer')
    .option('--active', 'only those that are neither revoked nor past their end')
    .option('--ended', 'only the others')
    .action(
      apiAction<ListOptions>(shell, (api, line) => {
        const { user, application, organizer, active, ended } = line.options;
        if (active && ended) {
          throw new UsageError('--active and --ended together leave none.');
        }
        const alive = active || ended ? String(active === true) : undefined;
        return printList(api, line, {
          path: '/grants/',
          query: { user, application, organizer, active: alive },
          columns: [
            ['ID', 'id'],
            ['GIVEN', 'created_at'],
            ['USER', 'user'],
            ['APPLICATION', 'application'],
            ['STATE', STATE],
            ['SCOPES', 'scopes'],
            ['ORGANIZERS', 'organizers'],
          ],
          none: 'There are no such grants.',
        });
      }),
    );
  examples(list, 'grant list --user ada --active', 'grant list --organizer redstage --json');
}

function request(method: 'GET' | 'POST', id: string, below = ''): Request {
  const missing = `There is no grant with the id ${quote(id)}.`;
  const path = `${pathTo`/grants/${id}/`}${below}`;
  return { method, path, missing, ...(method === 'POST' && { body: {} }) };
}
