import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { StagedoorError } from '../lib/errors.ts';
import { type Shell, UsageError } from './shell.ts';

/**
 * Asks for confirmation of a change that can't be undone.
 * @param yes true if confirmed in advance
 * @param otherwise the error if there is no terminal to ask at
 * @throws UsageError without a terminal; StagedoorError `cancelled` unless the answer is yes
 */
export async function confirm(
  shell: Shell,
  question: string,
  yes = false,
  otherwise = 'This cannot be undone. Add --yes to do it without being asked.',
): Promise<void> {
  if (yes) {
    return;
  }
  if (!shell.interactive) {
    throw new UsageError(otherwise);
  }
  const [answer = ''] = await ask(shell, [`${question} [y/N] `], true);
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new StagedoorError('cancelled', 'Nothing was changed.');
  }
}

/** Sources of a password. Never an argument, which is visible in the list of processes. */
export interface PasswordOptions {
  readonly passwordStdin?: boolean;
  readonly askPassword?: boolean;
}

/**
 * Reads the password, if an option asks for that.
 * @throws UsageError if it can't be read
 */
export async function readPassword(
  shell: Shell,
  { passwordStdin, askPassword }: PasswordOptions,
): Promise<string | undefined> {
  if (passwordStdin) {
    const given = (await text(shell.input)).replace(/\r?\n$/, '');
    if (given === '') {
      throw new UsageError('There is no password on standard input.');
    }
    return given;
  }
  if (!askPassword) {
    return undefined;
  }
  if (!shell.interactive) {
    throw new UsageError('There is no terminal to ask at. Use --password-stdin.');
  }
  const [first, second] = await ask(shell, ['Password: ', 'Again: '], false);
  if (first !== second) {
    throw new StagedoorError('cancelled', 'The two are not the same. Nothing was changed.');
  }
  return first;
}

/**
 * Asks questions, each answered by a line.
 * @param visible false hides what is typed
 * @throws StagedoorError `cancelled` at the end of the input, such as Ctrl-D and Ctrl-C
 */
async function ask(
  { input, err }: Shell,
  questions: readonly string[],
  visible: boolean,
): Promise<string[]> {
  const output = new Writable({
    write: (chunk, _, done) => {
      if (visible) {
        err(String(chunk));
      }
      done();
    },
  });
  const lines = createInterface({ input, output, terminal: true });
  // One reader for all questions keeps input that was typed ahead.
  const typed = lines[Symbol.asyncIterator]();
  const answers: string[] = [];
  try {
    for (const question of questions) {
      err(question);
      const { value, done } = await typed.next();
      if (done === true) {
        err('\n');
        throw new StagedoorError('cancelled', 'Nothing was changed.');
      }
      answers.push(value);
      err(visible ? '' : '\n');
    }
    return answers;
  } finally {
    lines.close();
  }
}
