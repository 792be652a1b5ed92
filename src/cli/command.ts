import type { Command } from 'commander';
import { remoteUrl } from '../config/config.ts';
import { ownValue } from '../lib/own-value.ts';
import { withManagement } from './connect.ts';
import type { Entry, Management } from './management.ts';
import type { MakeEndpoints } from './operation.ts';
import { type Columns, presentFacts } from './present.ts';
import { type Shell, UsageError } from './shell.ts';

/** Options of every command. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
}

/** A parsed command line. */
export interface Line<Options> {
  readonly shell: Shell;
  /** The command, without "stagedoor". */
  readonly name: string;
  /** Arguments of the command; commander has checked that none is missing. */
  readonly args: readonly string[];
  readonly options: Options & GlobalOptions;
}

type Action = (this: Command) => Promise<void>;

/** Action of a command that connects by itself. */
export function action<Options extends object = object>(
  shell: Shell,
  run: (line: Line<Options>) => Promise<void>,
): Action {
  return function () {
    const options = this.optsWithGlobals<Options & GlobalOptions>();
    return run({ shell, name: nameOf(this), args: this.args, options });
  };
}

/** Action of a command that calls the management API. */
export function apiAction<Options extends object = object>(
  shell: Shell,
  endpoints: MakeEndpoints,
  run: (api: Management, line: Line<Options>) => Promise<void>,
): Action {
  return action<Options>(shell, (line) =>
    withManagement(shell, line.options.url, endpoints, (api) => run(api, line)),
  );
}

/** Action of a command that uses the database directly, which is not possible through a server. */
export function databaseAction<Options extends object = object>(
  shell: Shell,
  run: (line: Line<Options>) => Promise<void>,
): Action {
  return action<Options>(shell, (line) => {
    const url = remoteUrl(line.options.url, shell.env);
    if (url !== undefined) {
      throw new UsageError(
        `${line.name} works on the database itself, not through a server: run it where the server runs, without --url and STAGEDOOR_URL.`,
      );
    }
    return run(line);
  });
}

function nameOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

/** Adds examples to the help; a test runs the parser over each. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${lines.map((line) => `  stagedoor ${line}`).join('\n')}`,
  );
}

/** Prints an object of the API. A secret in it is shown once, with a warning to keep it. */
export function printEntry({ shell, options }: Line<object>, entry: Entry, facts: Columns): void {
  const secrets = Object.entries(SECRETS).filter(
    ([, field]) => typeof ownValue(entry, field) === 'string',
  );
  const shown = { ...facts, ...Object.fromEntries(secrets) };
  shell.out(options.json ? json(entry) : presentFacts(shown, entry));
  if (secrets.length > 0) {
    shell.err('Keep the secret now: it is shown this once, and only its hash is stored.\n');
  }
}

const SECRETS = { 'Client secret': 'client_secret', Token: 'token' };

/** Formats an answer for scripts. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
