import { Command } from 'commander';
import { ownValue } from '../lib/own-value.ts';
import { VERSION } from '../lib/version.ts';
import { examples } from './command.ts';
import type { Shell } from './shell.ts';

/** Sets up one command. */
type Add = (command: Command, shell: Shell) => unknown;

/** Summaries of the commands, for the help. */
const SUMMARIES = {
  user: "Users: who signs in. Ids are the platform's.",
  organizer: 'Organizers: what users choose when they authorize an application.',
  team: 'Teams of an organizer: who may do there what.',
  import: 'Create or change any number of users, organizers and teams.',
  'resource-server': 'API services of the platform, which introspect tokens.',
  application: 'Applications of third-party developers: register, review, suspend.',
  'blocked-host': 'Hosts of agents: whose client metadata documents are not accepted.',
  grant: 'Grants: what users have authorized applications to do.',
  deletion: 'Deletions of users and applications: progress of the removal of their grants.',
  'operator-token': 'Operator tokens: who may call the management API, and for what.',
  log: 'The log: who did what.',
  keys: 'The keys that sign introspection answers.',
  mail: 'Mails that are not delivered. What they say is not shown.',
  prune: 'Delete expired rows now.',
  restored: 'After a backup was restored: end every grant, session and operator token in it.',
  migrate: 'Bring the database of DATABASE_URL, or the embedded one in DATA_DIR, up to date.',
  doctor: 'Check configuration, database, migrations, clock, mail, issuer, certificate and keys.',
};

/** Modules of the commands. Loading them takes most of a command's time. */
const MODULES: Readonly<Record<keyof typeof SUMMARIES, () => Promise<Add>>> = {
  user: async () => (await import('./user.ts')).addUser,
  organizer: async () => (await import('./organizer.ts')).addOrganizer,
  team: async () => (await import('./team.ts')).addTeam,
  import: async () => (await import('./import.ts')).addImport,
  'resource-server': async () => (await import('./resource-server.ts')).addResourceServer,
  application: async () => (await import('./application.ts')).addApplication,
  'blocked-host': async () => (await import('./blocked-host.ts')).addBlockedHost,
  grant: async () => (await import('./grant.ts')).addGrant,
  deletion: async () => (await import('./deletion.ts')).addDeletion,
  'operator-token': async () => (await import('./operator-token.ts')).addOperatorToken,
  log: async () => (await import('./log.ts')).addLog,
  keys: async () => (await import('./keys.ts')).addKeys,
  mail: async () => (await import('./mail.ts')).addMail,
  prune: async () => (await import('./prune.ts')).addPrune,
  restored: async () => (await import('./restored.ts')).addRestored,
  migrate: async () => (await import('./migrate.ts')).addMigrate,
  doctor: async () => (await import('./doctor/doctor.ts')).addDoctor,
};

const HELP = `
The configuration is read from environment variables, as by the server; the README lists them.
Commands work on the database of DATABASE_URL, or on the embedded one in DATA_DIR; while a server
runs on that, through the server. keys, mail, restored and migrate need the embedded database
to themselves.

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
    .description('Manage a Stagedoor server.')
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
  for (const [name, load] of Object.entries(MODULES)) {
    const summary = ownValue(SUMMARIES, name) ?? '';
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
