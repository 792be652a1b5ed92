import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { StagedoorError } from '../lib/errors.ts';
import { oneLine } from '../mail/mail-text.ts';
import { action, examples, type Line } from './command.ts';
import { withManagement } from './connect.ts';
import { directoryApi } from './directory-api.ts';
import { createProgress } from './list.ts';
import type { Entry, Management } from './management.ts';
import { formatNumber } from './present.ts';
import { ReportedError, type Shell, UsageError } from './shell.ts';

/** Lines between two updates of the progress. */
const STEP = 100;

interface ImportOptions {
  readonly atomic?: boolean;
}

/** Sets up `stagedoor import`. */
export function addImport(command: Command, shell: Shell): void {
  command
    .description(
      'Create or change any number of users, organizers and teams. The file has a JSON object a line, with "user", "organizer" or "team" in it; each line is carried out as a put, in order, and one that is refused changes nothing of the others. The same file again changes nothing. Prints the lines that were refused; with --json what became of each line. Exit code 1 if any was refused.',
    )
    .argument('<file>', 'JSON Lines; - is standard input')
    .option('--atomic', 'all or nothing: where a line is refused nothing is written')
    .action(
      action<ImportOptions>(shell, async (line) => {
        const lines = await open(line.args[0] ?? '', shell);
        await withManagement(shell, line.options.url, directoryApi, (api) =>
          runImport(api, line, lines),
        );
      }),
    );
  examples(command, 'import directory.jsonl', 'import --atomic - < directory.jsonl');
}

/** @throws UsageError if the file can't be read */
async function open(file: string, { input }: Shell): Promise<Readable> {
  if (file === '-') {
    return input;
  }
  await access(file).catch((error: Error) => {
    throw new UsageError(`The file can't be read: ${oneLine(error.message, 300)}.`);
  });
  return createReadStream(file);
}

async function runImport(
  api: Management,
  { shell, options }: Line<ImportOptions>,
  lines: Readable,
): Promise<void> {
  const { atomic, json } = options;
  const progress = createProgress(shell);
  let done = 0;
  let end: Entry | undefined;
  const query = { atomic: atomic ? 'true' : undefined };
  for await (const entry of api.exchange({ path: '/directory/bulk/', query, lines })) {
    if ('done' in entry) {
      end = entry;
    } else {
      done += 1;
      if (done % STEP === 0) {
        progress.show(formatNumber(done));
      }
    }
    if (json || entry.outcome === 'refused') {
      progress.end();
      shell.out(json ? `${JSON.stringify(entry)}\n` : refusedLine(entry));
    }
  }
  progress.end();
  finish(shell, end, json === true);
}

/** @throws ReportedError if a line was refused; StagedoorError if the report is incomplete */
function finish(shell: Shell, end: Entry | undefined, json: boolean): void {
  if (end?.done !== true) {
    const why = typeof end?.detail === 'string' ? `: ${end.detail}` : '.';
    throw new StagedoorError(
      'unavailable',
      `The import broke off${why} What was reported before is written, unless it was --atomic; the same file again does the rest.`,
    );
  }
  const { created, changed, unchanged, refused, committed } = end;
  if (!json) {
    shell.out(
      `Created ${created}, changed ${changed}, left ${unchanged} as they were, refused ${refused}.${committed === false ? ' Nothing was written.' : ''}\n`,
    );
  }
  if (refused !== 0 || committed === false) {
    throw new ReportedError();
  }
}

function refusedLine({ line, user, organizer, team, errors, detail }: Entry): string {
  const subject = [
    user === undefined ? '' : `user ${user}`,
    organizer === undefined ? '' : `organizer ${organizer}`,
    team === undefined ? '' : `team ${team}`,
  ].filter((part) => part !== '');
  const why =
    typeof detail === 'string'
      ? detail
      : Object.entries(errors ?? {})
          .map(([field, messages]) => `${field}: ${[messages].flat().join(' ')}`)
          .join(' ');
  return `${oneLine(`Line ${line}${subject.length === 0 ? '' : ` (${subject.join(', ')})`}: ${why}`, 1000)}\n`;
}
