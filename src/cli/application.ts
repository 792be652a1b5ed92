import type { Command } from 'commander';
import { FACTS, applicationRequest as request } from './application-facts.ts';
import { addApplicationWriting } from './application-writing.ts';
import { action, apiAction, examples, type Line, printEntry } from './command.ts';
import { addDestructiveCommand, addShow } from './common-verbs.ts';
import { confirm } from './confirm.ts';
import { withManagement } from './connect.ts';
import { printList } from './list.ts';
import { quote } from './management.ts';
import { presentFacts } from './present.ts';
import { type Shell, UsageError } from './shell.ts';

const ID = '2fQ9dLx0aVbT7mRkY3nWcE5u';

interface ListOptions {
  readonly owner?: string;
  readonly reviewed?: boolean;
  readonly unreviewed?: boolean;
  readonly suspended?: boolean;
}

/** `stagedoor application …` */
export function addApplication(program: Command, shell: Shell): void {
  const application = program
    .command('application')
    .description('Applications of third-party developers: register, review, suspend.');
  examples(
    application,
    'application list --unreviewed',
    `application review ${ID}`,
    `application suspend ${ID} --reason "It sends mails to ticket buyers"`,
  );
  addList(application, shell);
  addShow(application, shell, {
    description: 'One application in full.',
    args: ['<client_id>'],
    request: ([id = '']) => request('GET', id),
    facts: FACTS,
    examples: [`application show ${ID}`],
  });
  addApplicationWriting(application, shell);
  addReview(application, shell);
  addStates(application, shell);
  addDestructiveCommand(application, shell, {
    verb: 'delete',
    description: 'Delete an application with all its authorizations and tokens.',
    args: ['<client_id>'],
    question: ([id = '']) => `Delete the application ${quote(id)} with all its authorizations?`,
    request: ([id = '']) => request('DELETE', id),
    done: ([id = '']) => `Deleted the application ${quote(id)} and its authorizations.`,
    examples: [`application delete ${ID}`, `application delete ${ID} --yes`],
  });
}

function addList(application: Command, shell: Shell): void {
  const list = application
    .command('list')
    .description('All applications, the oldest first. With --json one array.')
    .option('--owner <user>', 'only those of this user')
    .option('--reviewed', 'only those that an operator has looked at')
    .option('--unreviewed', 'only the others')
    .option('--suspended', 'only those that are suspended')
    .action(
      apiAction<ListOptions>(shell, (api, line) => {
        const { owner, reviewed, unreviewed, suspended } = line.options;
        if (reviewed && unreviewed) {
          throw new UsageError('--reviewed and --unreviewed together leave none.');
        }
        return printList(api, line, {
          path: '/applications/',
          query: {
            owner,
            reviewed: reviewed || unreviewed ? String(reviewed === true) : undefined,
            suspended: suspended ? 'true' : undefined,
          },
          columns: [
            ['CLIENT ID', 'client_id'],
            ['STATE', 'state'],
            ['REVIEWED', (entry) => (entry.reviewed_at === null ? 'no' : 'yes')],
            ['OWNER', 'owner'],
            ['NAME', 'name'],
          ],
          none: 'There are no applications.',
        });
      }),
    );
  examples(
    list,
    'application list',
    'application list --unreviewed',
    "application list --json | jq -r '.[] | select(.reviewed_at == null) | .client_id'",
  );
}

const NO_TERMINAL =
  'There is no terminal to ask at. State the version that you have read: --of <version>.';

interface ReviewOptions {
  readonly of?: string;
}

/** Without `--of`, shows the application and asks; the review is for the version that was shown. */
function addReview(application: Command, shell: Shell): void {
  const review = application
    .command('review')
    .description('Note that you have reviewed an application as it is now.')
    .argument('<client_id>')
    .option('--of <version>', 'the version that you have read: refused if it is no longer current')
    .action(
      action<ReviewOptions>(shell, async (line) => {
        const { options } = line;
        const version = options.of === undefined ? await showVersion(line) : Number(options.of);
        await withManagement(shell, options.url, async (api) => {
          const { body } = await api.call(request('POST', idOf(line), { version }, 'review/'));
          printEntry(line, body, FACTS);
        });
      }),
    );
  examples(review, `application review ${ID}`, `application review ${ID} --of 3`);
}

/** Shows the application and asks whether that is reviewed. */
async function showVersion(line: Line<ReviewOptions>): Promise<unknown> {
  const { shell, options } = line;
  const { body } = await withManagement(shell, options.url, (api) =>
    api.call(request('GET', idOf(line))),
  );
  shell.err(presentFacts(FACTS, body));
  await confirm(shell, 'Note this as reviewed?', false, NO_TERMINAL);
  return body.version;
}

function idOf({ args: [id = ''] }: Line<object>): string {
  return id;
}

function addStates(application: Command, shell: Shell): void {
  const resume = application
    .command('resume')
    .description('End a suspension. The owner gets a mail.')
    .argument('<client_id>')
    .action(
      apiAction(shell, async (api, line) => {
        const { body } = await api.call(request('POST', idOf(line), {}, 'resume/'));
        printEntry(line, body, FACTS);
      }),
    );
  examples(resume, `application resume ${ID}`);
  const suspend = application
    .command('suspend')
    .description('Stop it at once. The owner reads the reason, and gets a mail.')
    .argument('<client_id>')
    .requiredOption('--reason <text>', 'why')
    .action(
      apiAction<{ readonly reason: string }>(shell, async (api, line) => {
        const { reason } = line.options;
        if (reason.trim() === '') {
          throw new UsageError('suspend needs a --reason: the owner reads it.');
        }
        const { body } = await api.call(request('POST', idOf(line), { reason }, 'suspend/'));
        printEntry(line, body, FACTS);
      }),
    );
  examples(suspend, `application suspend ${ID} --reason "It sends mails to ticket buyers"`);
}
