import { Command } from 'commander';
import { examples } from './command.ts';
import type { Shell } from './shell.ts';
import { VERSION } from './version.ts';

/** Sets up one command. */
type Add = (command: Command, shell: Shell) => void;

/** Name, summary and module of each command. Loading modules takes most of a command's time. */
const COMMANDS: readonly (readonly [name: string, summary: string, load: () => Promise<Add>])[] = [
  [
    'user',
    "Users: who signs in. Ids are the platform's.",
    async () => (await import('./user.ts')).addUser,
  ],
  [
    'organizer',
    'Organizers: what users choose when they authorize an application.',
    async () => (await import('./organizer.ts')).addOrganizer,
  ],
  [
    'team',
    'Teams of an organizer: who may do there what.',
    async () => (await import('./team.ts')).addTeam,
  ],
  [
    'import',
    'Create or change any number of users, organizers and teams.',
    async () => (await import('./import.ts')).addImport,
  ],
  [
    'resource-server',
    'API services of the platform, which introspect tokens.',
    async () => (await import('./resource-server.ts')).addResourceServer,
  ],
  [
    'application',
    'Applications of third-party developers: register, review, suspend.',
    async () => (await import('./application.ts')).addApplication,
  ],
  [
    'grant',
    'Grants: what users have authorized applications to do.',
    async () => (await import('./grant.ts')).addGrant,
  ],
  [
    'operator-token',
    'Operator tokens: who may call the management API, and for what.',
    async () => (await import('./operator-token.ts')).addOperatorToken,
  ],
  ['log', 'The log: who did what.', async () => (await import('./log.ts')).addLog],
  [
    'keys',
    'The keys that sign introspection answers.',
    async () => (await import('./keys.ts')).addKeys,
  ],
  [
    'mail',
    'Mails that are not delivered. What they say is not shown.',
    async () => (await import('./mail.ts')).addMail,
  ],
  [
    'migrate',
    'Bring the database of DATABASE_URL, or the embedded one in DATA_DIR, up to date.',
    async () => (await import('./migrate.ts')).addMigrate,
  ],
  [
    'doctor',
    'Check configuration, database, migrations, clock, mail, issuer, certificate and keys.',
    async () => (await import('./doctor/doctor.ts')).addDoctor,
  ],
];

const HELP = `
The configuration is read from environment variables, as by the server; the README lists them.
Commands work on the database of DATABASE_URL, or on the embedded one in DATA_DIR; while a server
runs on that, through the server. keys, mail and migrate need the embedded database to themselves.

Exit codes: 0 done; 1 failed; 2 wrong command line or value; 3 not found; 4 not reachable or in use,
so that another try may help.`;

/** Control characters, which a message repeats from the command line and a terminal would obey. */
const CONTROL = /[^\P{Cc}\n]/gu;

/**
 * Makes the command line.
 * @param args loads the modules of the commands that are named there; undefined loads all
 */
export async function createProgram(shell: Shell, args?: readonly string[]): Promise<Command> {
  const program = new Command('stagedoor')
    .description('Looks after a Stagedoor server.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help')
    .option('--json', 'print what the management API answers, for scripts')
    .option(
      '--url <url>',
      'URL of a remote server; requires OPERATOR_TOKEN (default: $STAGEDOOR_URL)',
    )
    .configureHelp({
      showGlobalOptions: true,
      // One sentence per command in a list.
      subcommandDescription: (command) => command.summary() || firstSentence(command.description()),
    })
    .exitOverride()
    .configureOutput({
      writeOut: shell.out,
      writeErr: shell.err,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
      outputError: (text, write) =>
        write(`stagedoor: ${text.replace(/^error: /, '').replace(CONTROL, ' ')}`),
    });
  examples(program, 'user list', 'application list --unreviewed', 'log --follow');
  program.addHelpText('after', HELP);
  for (const [name, summary, load] of COMMANDS) {
    const command = program.command(name).summary(summary).description(summary);
    if (args === undefined || args.includes(name)) {
      const add = await load();
      add(command, shell);
    }
  }
  pointToHelp(program);
  return program;
}

function firstSentence(text: string): string {
  return /^.*?\.(?= [A-Z]|$)/s.exec(text)?.[0] ?? text;
}

/** Prints usage and a pointer to the help after an error. */
function pointToHelp(command: Command): void {
  const usage = command.createHelp().commandUsage(command);
  const [name] = usage.split(/ \[options\]| </);
  command.showHelpAfterError(`\nUsage: ${usage}\nSee "${name} --help".`);
  for (const inner of command.commands) {
    pointToHelp(inner);
  }
}
