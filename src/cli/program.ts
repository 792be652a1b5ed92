import { Command } from 'commander';
import { addApplication } from './application.ts';
import { examples } from './command.ts';
import { addDoctor } from './doctor/doctor.ts';
import { addGrant } from './grant.ts';
import { addImport } from './import.ts';
import { addKeys } from './keys.ts';
import { addLog } from './log.ts';
import { addMail } from './mail.ts';
import { addMigrate } from './migrate.ts';
import { addOperatorToken } from './operator-token.ts';
import { addOrganizer } from './organizer.ts';
import { addResourceServer } from './resource-server.ts';
import type { Shell } from './shell.ts';
import { addTeam } from './team.ts';
import { addUser } from './user.ts';
import { VERSION } from './version.ts';

const HELP = `
The configuration is read from environment variables, as by the server; the README lists them.
Commands work on the database of DATABASE_URL, or on the embedded one in DATA_DIR; while a server
runs on that, through the server. keys, mail and migrate need the embedded database to themselves.

Exit codes: 0 done; 1 failed; 2 wrong command line or value; 3 not found; 4 not reachable or in use,
so that another try may help.`;

/** What unknown words and control characters do to a terminal is no part of a message. */
const CONTROL = /[^\P{Cc}\n]/gu;

/** The whole command line. */
export function createProgram(shell: Shell): Command {
  const program = new Command('stagedoor')
    .description('Looks after a Stagedoor server.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help')
    .option('--json', 'print what the management API answers, for scripts')
    .option('--url <url>', 'a server elsewhere, with OPERATOR_TOKEN (default: $STAGEDOOR_URL)')
    .configureHelp({
      showGlobalOptions: true,
      // A list of commands has room for one sentence of each.
      subcommandDescription: (command) => firstSentence(command.description()),
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
  addUser(program, shell);
  addOrganizer(program, shell);
  addTeam(program, shell);
  addImport(program, shell);
  addResourceServer(program, shell);
  addApplication(program, shell);
  addGrant(program, shell);
  addOperatorToken(program, shell);
  addLog(program, shell);
  addKeys(program, shell);
  addMail(program, shell);
  addMigrate(program, shell);
  addDoctor(program, shell);
  pointToHelp(program);
  return program;
}

function firstSentence(text: string): string {
  return /^.*?\.(?= [A-Z]|$)/s.exec(text)?.[0] ?? text;
}

/** After an error comes how the command is used, and where there is more. */
function pointToHelp(command: Command): void {
  const usage = command.createHelp().commandUsage(command);
  const [name] = usage.split(/ \[options\]| </);
  command.showHelpAfterError(`\nUsage: ${usage}\nSee "${name} --help".`);
  for (const inner of command.commands) {
    pointToHelp(inner);
  }
}
