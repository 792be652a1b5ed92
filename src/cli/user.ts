import type { Command } from 'commander';
import { action, apiAction, examples, fieldsOf, type Line, printEntry } from './command.ts';
import { addDestructiveCommand, addShow } from './common-verbs.ts';
import { type PasswordOptions, readPassword } from './confirm.ts';
import { withManagement } from './connect.ts';
import { printList } from './list.ts';
import { pathTo, quote, type Request } from './management.ts';
import type { Column } from './present.ts';
import { type Shell, UsageError } from './shell.ts';

const COLUMNS: readonly Column[] = [
  ['ID', 'id'],
  ['ACTIVE', 'is_active'],
  ['E-MAIL', 'email'],
  ['NAME', 'full_name'],
];
const FACTS: readonly Column[] = [
  ['Id', 'id'],
  ['E-mail', 'email'],
  ['Name', 'full_name'],
  ['Active', 'is_active'],
  ['Language', 'locale'],
  ['Time zone', 'timezone'],
  ['Upstream subject', 'upstream_subject'],
];
const FIELDS = {
  email: 'email',
  fullName: 'full_name',
  locale: 'locale',
  timezone: 'timezone',
};

interface ListOptions {
  readonly email?: string;
  readonly active?: boolean;
  readonly inactive?: boolean;
}

interface UserOptions extends PasswordOptions {
  readonly inactive?: boolean;
  /** False with `--no-password`. */
  readonly password?: boolean;
  /** False with `--no-upstream-subject`. */
  readonly upstreamSubject?: string | false;
}

/** `stagedoor user …` */
export function addUser(program: Command, shell: Shell): void {
  const user = program.command('user').description("Users: who signs in. Ids are the platform's.");
  examples(
    user,
    'user list --inactive',
    'user put ada --email ada@example.com --full-name "Ada Example" --ask-password',
    'user deactivate ada',
  );
  addList(user, shell);
  addShow(user, shell, {
    description: 'One user.',
    args: ['<id>'],
    request: ([id = '']) => request('GET', id),
    facts: FACTS,
    examples: ['user show ada'],
  });
  addPut(user, shell);
  addChange(user, shell);
  addSwitches(user, shell);
  addDestructiveCommand(user, shell, {
    verb: 'delete',
    description:
      'Delete a user. Sessions, authorizations and tokens go too, at once; applications stay, without an owner.',
    args: ['<id>'],
    question: ([id = '']) => `Delete the user ${quote(id)} with all authorizations?`,
    request: ([id = '']) => request('DELETE', id),
    done: ([id = '']) => `Deleted the user ${quote(id)}.`,
    examples: ['user delete ada', 'user delete ada --yes'],
  });
}

function request(method: Request['method'], id: string, body?: object): Request {
  const missing = `There is no user with the id ${quote(id)}.`;
  return { method, path: pathTo`/users/${id}/`, missing, ...(body && { body }) };
}

function addList(user: Command, shell: Shell): void {
  const list = user
    .command('list')
    .description('All users, by id. With --json one array.')
    .option('--email <address>', 'only who has this address')
    .option('--active', 'only those who may sign in')
    .option('--inactive', 'only the others')
    .action(
      apiAction<ListOptions>(shell, (api, line) => {
        const { email, active, inactive } = line.options;
        if (active && inactive) {
          throw new UsageError('--active and --inactive together leave nobody.');
        }
        const is_active = active || inactive ? String(active === true) : undefined;
        const query = { email, is_active };
        const none = 'There are no such users.';
        return printList(api, line, { path: '/users/', query, columns: COLUMNS, none });
      }),
    );
  examples(list, 'user list', 'user list --inactive', "user list --json | jq -r '.[].email'");
}

function addPut(user: Command, shell: Shell): void {
  const put = user
    .command('put')
    .description(
      'Create a user, or make one exactly this: what is not named gets its default. Only the password and the upstream subject stay unless they are given.',
    )
    .argument('<id>')
    .requiredOption('--email <address>', 'no two users have the same')
    .option('--inactive', 'they can not sign in, and none of their authorizations is live')
    .action(
      action<UserOptions>(shell, (line) =>
        write(line, 'PUT', { is_active: line.options.inactive !== true }),
      ),
    );
  addFields(put);
  examples(
    put,
    'user put ada --email ada@example.com --full-name "Ada Example" --locale en',
    'user put ada --email ada@example.com --password-stdin < password.txt',
    'user put ada --email ada@example.com --upstream-subject 7c1d',
  );
}

function addChange(user: Command, shell: Shell): void {
  const change = user
    .command('change')
    .description('Change what is named, and nothing else.')
    .argument('<id>')
    .option('--email <address>', 'no two users have the same')
    .action(action<UserOptions>(shell, (line) => write(line, 'PATCH', {})));
  addFields(change)
    .option('--no-password', 'they have none any more')
    .option('--no-upstream-subject', "nobody at the platform's login is this user any more");
  examples(change, 'user change ada --email ada@example.org', 'user change ada --ask-password');
}

function addSwitches(user: Command, shell: Shell): void {
  for (const [verb, is_active, description] of [
    ['activate', true, 'Let a user sign in again. What they had authorized is live again.'],
    ['deactivate', false, 'Keep a user out. None of their authorizations is live meanwhile.'],
  ] as const) {
    const command = user
      .command(verb)
      .description(description)
      .argument('<id>')
      .action(
        apiAction(shell, async (api, line) => {
          const [id = ''] = line.args;
          printEntry(line, (await api.call(request('PATCH', id, { is_active }))).body, FACTS);
        }),
      );
    examples(command, `user ${verb} ada`);
  }
}

function addFields(command: Command): Command {
  return command
    .option('--full-name <name>', 'as the pages greet them')
    .option('--locale <tag>', 'language, such as "en" or "pt-BR"; empty: the browser’s')
    .option('--timezone <name>', 'such as "Europe/Berlin"; UTC by default')
    .option('--ask-password', 'ask for the password on this terminal')
    .option('--password-stdin', 'read the password from standard input')
    .option('--upstream-subject <sub>', 'with OIDC_ISSUER: who they are at the platform’s login');
}

async function write(
  line: Line<UserOptions>,
  method: 'PUT' | 'PATCH',
  more: object,
): Promise<void> {
  const { shell, options, args } = line;
  const body: Record<string, unknown> = { ...fieldsOf(options, FIELDS), ...more };
  const password = await readPassword(shell, options);
  if (password !== undefined || options.password === false) {
    body.password = password ?? null;
  }
  if (options.upstreamSubject !== undefined) {
    body.upstream_subject = options.upstreamSubject || null;
  }
  if (Object.keys(body).length === 0) {
    throw new UsageError('Name what is to change.');
  }
  await withManagement(shell, options.url, async (api) => {
    printEntry(line, (await api.call(request(method, args[0] ?? '', body))).body, FACTS);
  });
}
