import type { Command } from 'commander';
import { remoteUrl } from '../config/config.ts';
import { ownValue } from '../lib/own-value.ts';
import { withManagement } from './connect.ts';
import type { Entry, Management } from './management.ts';
import { type Column, presentFacts } from './present.ts';
import { type Shell, UsageError } from './shell.ts';

/** Options that every command has. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
}

/** A command line that was understood. */
export interface Line<Options> {
  readonly shell: Shell;
  /** The command, without "stagedoor". */
  readonly name: string;
  /** The words after it; commander has seen to it that none is missing. */
  readonly args: readonly string[];
  readonly options: Options & GlobalOptions;
}

type Action = (this: Command) => Promise<void>;

/** A command that does its work by itself. */
export function action<Options extends object = object>(
  shell: Shell,
  run: (line: Line<Options>) => Promise<void>,
): Action {
  return function () {
    const options = this.optsWithGlobals<Options & GlobalOptions>();
    return run({ shell, name: nameOf(this), args: this.args, options });
  };
}

/** A command that calls the management API. */
export function apiAction<Options extends object = object>(
  shell: Shell,
  run: (api: Management, line: Line<Options>) => Promise<void>,
): Action {
  return action<Options>(shell, (line) =>
    withManagement(shell, line.options.url, (api) => run(api, line)),
  );
}

/** A command that works on the database itself, which only a process on the spot can. */
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

/** A parser for an option that may be given several times. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** What was given of `names`, by field: an option has its field's name in camel case. */
export function fieldsOf(
  options: object,
  names: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const given = new Map(Object.entries(options));
  return Object.fromEntries(
    Object.entries(names)
      .map(([option, field]) => [field, given.get(option)] as const)
      .filter(([, value]) => value !== undefined),
  );
}

/** Prints one thing that the API answered. */
export function printEntry(
  { shell, options }: Line<object>,
  entry: Entry,
  facts: readonly Column[],
): void {
  shell.out(options.json ? json(entry) : presentFacts(facts, entry));
}

/** For scripts, and still to be read. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Prints something with a secret that is told this once; whoever reads the screen is warned. */
export function printSecret(
  line: Line<object>,
  entry: Entry,
  field: string,
  facts: readonly Column[],
): void {
  printEntry(line, entry, facts);
  if (typeof ownValue(entry, field) === 'string') {
    line.shell.err('Keep the secret now: it is shown this once, and only its hash is stored.\n');
  }
}
