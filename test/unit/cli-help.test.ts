import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import type { Shell } from '../../src/cli/shell.ts';
import { stagedoorHere } from '../support/command-line.ts';

const SHELL: Shell = {
  out: () => {},
  err: () => {},
  input: process.stdin,
  interactive: false,
  progress: false,
  onScreen: false,
  signal: new AbortController().signal,
};

/** Returns every command with its full name. */
function all(command: Command, path: readonly string[] = []): [string[], Command][] {
  return [
    [[...path], command],
    ...command.commands.flatMap((inner) => all(inner, [...path, inner.name()])),
  ];
}

/** Returns the words of a line as a shell splits it, up to a pipe or redirection. */
function words(line: string): string[] {
  const found = [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word);
  const end = found.findIndex((word) => /^[|<>]$/.test(word));
  return (end === -1 ? found : found.slice(0, end)).map((word) => word.replace(/["']/g, ''));
}

describe('Help of every command', () => {
  test('finds the commands', async () => {
    const commands = all(await createProgram(SHELL));
    const names = commands.map(([path]) => path.join(' '));
    for (const name of ['user put', 'team add-member', 'log', 'keys rotate', 'migrate']) {
      assert.ok(names.includes(name), name);
    }
    assert.ok(commands.length > 45, `only ${commands.length}`);
  });

  test('has examples that the parser accepts', async (t) => {
    const parses = await createParser();
    for (const [path] of all(await createProgram(SHELL))) {
      await t.test(`stagedoor ${path.join(' ')}`, async () => {
        const { code, out, err } = await stagedoorHere({}, [...path, '--help']);
        assert.deepEqual([code, err], [0, '']);
        assert.ok(
          out.split('\n').every((line) => line.length <= 110 || line.startsWith('  stage')),
        );
        const [, listed = ''] = /\nExamples:\n((?: {2}.*\n?)+)/.exec(out) ?? [];
        const examples = listed.trimEnd().split('\n');
        assert.ok(examples.length > 0 && listed !== '', 'no example');
        for (const example of examples) {
          const own = `stagedoor ${path.join(' ')}`.trim();
          assert.ok(example.includes(own), `${example} is not about ${own}`);
          await parses(example);
        }
      });
    }
  });
});

/** Returns a function that parses an example as a shell would, without running the command. */
async function createParser(): Promise<(example: string) => Promise<void>> {
  const program = await createProgram(SHELL);
  let ran = '';
  for (const [path, command] of all(program).filter(([, one]) => one.commands.length === 0)) {
    command.action(() => {
      ran = path.join(' ');
    });
  }
  return async (example) => {
    ran = '';
    const [first, ...rest] = words(example);
    assert.equal(first, 'stagedoor');
    await program.parseAsync(rest, { from: 'user' });
    assert.ok(ran !== '' && rest.join(' ').startsWith(ran), `${example} ran ${ran}`);
  };
}
