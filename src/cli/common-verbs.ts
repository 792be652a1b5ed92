import type { Command } from 'commander';
import { action, apiAction, examples, json, printEntry } from './command.ts';
import { confirm } from './confirm.ts';
import { withManagement } from './connect.ts';
import type { Request } from './management.ts';
import type { Column } from './present.ts';
import type { Shell } from './shell.ts';

/** A command whose args name one thing. */
interface ResourceCommand {
  readonly description: string;
  /** As commander writes them: `<id>`. */
  readonly args: readonly string[];
  /** `flag` tells whether an option of this command was given. */
  readonly request: (args: readonly string[], flag: (name: string) => boolean) => Request;
  readonly examples: readonly string[];
}

/** Adds `show`. */
export function addShow(
  group: Command,
  shell: Shell,
  one: ResourceCommand & { readonly facts: readonly Column[] },
): void {
  const show = group.command('show').description(one.description);
  show.action(
    apiAction(shell, async (api, line) => {
      printEntry(line, (await api.call(one.request(line.args, () => false))).body, one.facts);
    }),
  );
  withWords(show, one);
}

/** Adds what can't be undone, so it asks: `delete`, `revoke`. */
export function addDestructiveCommand(
  group: Command,
  shell: Shell,
  one: ResourceCommand & {
    readonly verb: 'delete' | 'delete-secret' | 'revoke';
    /** Options beside `--yes`: flags and description, as commander takes them. */
    readonly flags?: readonly (readonly [flags: string, description: string])[];
    readonly question: (args: readonly string[]) => string;
    /** Says what has happened. */
    readonly done: (args: readonly string[]) => string;
  },
): void {
  const ending = group.command(one.verb).description(one.description);
  for (const [flags, description] of one.flags ?? []) {
    ending.option(flags, description);
  }
  ending.option('-y, --yes', 'do not ask').action(
    action<{ readonly yes?: boolean }>(shell, async ({ args, options }) => {
      await confirm(shell, one.question(args), options.yes);
      const flag = (name: string) => new Map(Object.entries(options)).get(name) === true;
      const { body } = await withManagement(shell, options.url, (api) =>
        api.call(one.request(args, flag)),
      );
      const answer = one.verb === 'revoke' ? body : { deleted: args.at(-1) };
      shell.out(options.json ? json(answer) : `${one.done(args)}\n`);
    }),
  );
  withWords(ending, one);
}

function withWords(command: Command, one: ResourceCommand): void {
  for (const arg of one.args) {
    command.argument(arg);
  }
  examples(command, ...one.examples);
}
