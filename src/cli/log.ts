import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { logEndpoints } from '../audit/log-routes.ts';
import { apiAction, examples, type Line } from './command.ts';
import { type Page, readPages } from './list.ts';
import type { Entry, Management } from './management.ts';
import { parseTime } from './parse-time.ts';
import { type Columns, createTable } from './present.ts';
import { type Shell, UsageError } from './shell.ts';

/** Milliseconds between two requests of `--follow`. */
const INTERVAL = 2_000;
const LIMIT = 50;
const COLUMNS: Columns = {
  TIME: 'happened_at',
  ACTION: ({ action }) => String(action).replace(/^stagedoor\./, ''),
  ACTOR: 'actor',
  USER: 'user',
  APPLICATION: 'application',
  FROM: 'ip',
  DETAILS: detailsOf,
};

function detailsOf({ action, data }: Entry): string {
  const details = Object.entries(data ?? {});
  const of = new Map(details);
  return action === 'stagedoor.operator.called'
    ? ['method', 'path', 'status'].map((name) => of.get(name)).join(' ')
    : details.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(' ');
}

interface LogOptions {
  readonly user?: string;
  readonly action?: string;
  readonly since?: string;
  readonly limit?: number;
  readonly all?: boolean;
  readonly follow?: boolean;
}

/** Sets up `stagedoor log`. */
export function addLog(log: Command, shell: Shell): void {
  log
    .description(
      `The log: who did what. Prints the last ${LIMIT} entries, the newest at the end. With --json a line an entry.`,
    )
    .option('--user <id>', "only what is in this user's log")
    .option('--action <name>', 'only this, such as stagedoor.user.oauth.authorized')
    .option('--since <when>', 'only from then on: a time, or how long ago, such as 12h')
    .option('--limit <number>', `so many instead of ${LIMIT}`, readLimit)
    .option('--all', 'all of it')
    .option('-f, --follow', 'wait for what comes, until Ctrl-C; that the log is read is left out')
    .action(apiAction<LogOptions>(shell, logEndpoints, (api, line) => printLog(api, line)));
  examples(
    log,
    'log --follow',
    'log --user ada --since 7d --all',
    "log --action stagedoor.application.suspended --json | jq -r '.data.reason'",
  );
}

function readLimit(given: string): number {
  if (!/^[1-9]\d{0,6}$/.test(given)) {
    throw new InvalidArgumentError('It takes a number.');
  }
  return Number(given);
}

async function printLog(api: Management, line: Line<LogOptions>): Promise<void> {
  const { shell, options } = line;
  const { limit, all, follow, json } = options;
  if (all && limit !== undefined) {
    throw new UsageError('--all and --limit exclude each other.');
  }
  const since = options.since && parseTime('--since', options.since, false);
  const query = { user: options.user, action: options.action, modified_since: since };
  const table = createTable(COLUMNS);
  const print = (entries: readonly Entry[]) => {
    if (entries.length > 0) {
      shell.out(
        json ? entries.map((entry) => `${JSON.stringify(entry)}\n`).join('') : table(entries),
      );
    }
  };
  const reader = { api, query, signal: shell.signal, print };
  const last = all ? await printAll(reader) : await printLast(reader, limit ?? LIMIT);
  if (follow) {
    await printWhatComes(reader, last);
  } else if (last.seen.size === 0 && !json) {
    shell.out('There are no such entries.\n');
  }
}

interface Reader {
  readonly api: Management;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly print: (entries: readonly Entry[]) => void;
}

/** Time until which every entry is printed, and the ids of printed entries after it. */
interface Printed {
  readonly until: string | undefined;
  readonly seen: ReadonlySet<unknown>;
}

/** Prints the newest `limit` entries, oldest first. */
async function printLast(reader: Reader, limit: number): Promise<Printed> {
  const entries: Entry[] = [];
  let until: string | undefined;
  for await (const page of pages(reader, { ...reader.query, ordering: '-happened_at' })) {
    until ??= generatedAt(page);
    entries.push(...page.entries);
    if (entries.length >= limit) {
      break;
    }
  }
  const last = entries.slice(0, limit).reverse();
  reader.print(last);
  return { until, seen: idsOf(entries) };
}

/** Prints the whole log page by page. */
async function printAll(reader: Reader): Promise<Printed> {
  let until: string | undefined;
  let seen: ReadonlySet<unknown> = new Set();
  for await (const page of pages(reader, { ...reader.query, ordering: 'happened_at' })) {
    until ??= generatedAt(page);
    reader.print(page.entries);
    seen = new Set([...seen, ...idsOf(page.entries)].slice(-1000));
  }
  return { until, seen };
}

/**
 * Polls for new entries. Repeats the time of entries that an open transaction may still add, and
 * leaves out entries that are already printed.
 */
async function printWhatComes(reader: Reader, printed: Printed): Promise<void> {
  let { until, seen } = printed;
  while (!reader.signal.aborted) {
    await sleep(INTERVAL, undefined, { signal: reader.signal }).catch(() => {});
    const found = new Set<unknown>();
    const query = { ...reader.query, modified_since: until, ordering: 'happened_at' };
    let next: string | undefined;
    for await (const page of pages(reader, query)) {
      next ??= generatedAt(page);
      const fresh = page.entries.filter(
        (entry) => !seen.has(entry.id) && !found.has(entry.id) && !isOwnReading(entry),
      );
      reader.print(fresh);
      for (const { id } of page.entries) {
        found.add(id);
      }
    }
    until = next ?? until;
    seen = found;
  }
}

/** Indicates an entry that `--follow` itself causes once a minute. */
function isOwnReading({ action, data }: Entry): boolean {
  return (
    action === 'stagedoor.operator.called' &&
    JSON.stringify(data).includes('"path":"/api/v1/logentries/"')
  );
}

function pages({ api, signal }: Reader, query: Reader['query']): AsyncGenerator<Page> {
  return readPages(api, { path: '/logentries/', query }, signal);
}

function generatedAt({ headers }: Page): string | undefined {
  return headers.get('x-page-generated') ?? undefined;
}

function idsOf(entries: readonly Entry[]): ReadonlySet<unknown> {
  return new Set(entries.map(({ id }) => id));
}
