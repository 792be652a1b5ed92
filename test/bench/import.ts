import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BULK } from '../support/bulk.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from '../support/server-environment.ts';
import { runAndExit } from './run-and-exit.ts';
import { withPostgres } from './with-postgres.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** Imported directory: one team per organizer, each user in one of them. */
interface Directory {
  readonly users: number;
  readonly organizers: number;
  readonly password?: boolean;
  /** Prefix of all names, so that directories differ. */
  readonly prefix: string;
}

/**
 * Measures time and memory of the server for importing a whole directory in one call: `npm run
 * bench:import`. Uses a separate server process on a real PostgreSQL; the body is created while it
 * is sent, and the report is read while it arrives.
 */
async function main(): Promise<void> {
  await withPostgres(measureAll);
}

async function measureAll(): Promise<void> {
  const environment = await prepareEnvironment();
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH ?? '', ...environment.variables },
  });
  try {
    await answers(environment.issuer);
    const measure = (what: string, directory: Directory, query = '') =>
      measureImport(environment.issuer, child, { what, directory, query });
    const small = { users: 10_000, organizers: 1_000, prefix: 'a' };
    const large = { users: 90_000, organizers: 5_000, prefix: 'b' };
    const rows = [
      await measure('10,000 users, 1,000 organizers, 1,000 teams', small),
      await measure('the same again', small),
      await measure('as many others, atomic', { ...small, prefix: 'c' }, '?atomic=true'),
      await measure('the same again, atomic', { ...small, prefix: 'c' }, '?atomic=true'),
      await measure('90,000 users, 5,000 organizers, 5,000 teams', large),
      await measure('1,000 users with passwords', {
        users: 1_000,
        organizers: 0,
        password: true,
        prefix: 'd',
      }),
      await measure('the same again', { users: 1_000, organizers: 0, password: true, prefix: 'd' }),
    ];
    console.log(`node ${process.version}; memory is the server process (RSS), in MiB`);
    console.table(rows);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await environment.remove();
  }
}

async function measureImport(
  issuer: string,
  { pid }: ChildProcess,
  { what, directory, query }: { what: string; directory: Directory; query: string },
) {
  const before = await memory(pid);
  let peak = before;
  const watch = setInterval(async () => {
    peak = Math.max(peak, await memory(pid));
  }, 100);
  const start = performance.now();
  const { first, end, lines } = await send(issuer, query, directory);
  const seconds = (performance.now() - start) / 1000;
  clearInterval(watch);
  return {
    what,
    seconds: Number(seconds.toFixed(1)),
    'lines/s': Math.round(lines / seconds),
    'first line, ms': Math.round(first - start),
    'before, peak, after': [before, peak, await memory(pid)].map(Math.round).join(', '),
    end,
  };
}

async function send(issuer: string, query: string, directory: Directory) {
  const call = request(new URL(BULK + query, issuer), {
    method: 'POST',
    headers: { authorization: `Token ${OPERATOR_TOKEN}`, 'content-type': 'application/jsonl' },
  });
  const answered = once(call, 'response');
  const sent = pipeline(Readable.from(linesOf(directory)), call);
  const [response] = await answered;
  let first = 0;
  let lines = 0;
  let end = '';
  for await (const line of createInterface({ input: response })) {
    first ||= performance.now();
    lines += 1;
    end = line;
  }
  await sent;
  const { done, committed, created, changed, unchanged, refused } = JSON.parse(end);
  if (response.statusCode !== 200 || done !== true || committed !== true || refused > 0) {
    throw new Error(`${response.statusCode} ${end}`);
  }
  return { first, lines: lines - 1, end: JSON.stringify({ created, changed, unchanged }) };
}

function* linesOf({ users, organizers, password, prefix }: Directory): Generator<string, void> {
  for (let n = 0; n < organizers; n += 1) {
    const name = { en: `Organizer ${n}`, de: `Veranstalter ${n}` };
    yield `${JSON.stringify({ organizer: { slug: `${prefix}o${n}`, name } })}\n`;
  }
  for (let n = 0; n < users; n += 1) {
    const id = `${prefix}u${n}`;
    const user = {
      id,
      email: `${id}@example.com`,
      full_name: `User ${n} of the Benchmark`,
      locale: n % 2 === 0 ? 'de' : 'en',
      timezone: 'Europe/Berlin',
      ...(password === true ? { password: `the password of ${id}` } : {}),
    };
    yield `${JSON.stringify({ user })}\n`;
  }
  for (let n = 0; n < organizers; n += 1) {
    const size = Math.floor(users / organizers);
    const members = Array.from({ length: size }, (_, index) => `${prefix}u${n * size + index}`);
    const permissions = ['can_view_orders', 'can_change_orders'];
    const team = { organizer: `${prefix}o${n}`, id: 'staff', name: 'Staff', permissions, members };
    yield `${JSON.stringify({ team })}\n`;
  }
}

/** Returns the memory of a process in MiB; Linux only. */
async function memory(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

async function answers(issuer: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const response = await fetch(`${issuer}/readyz`).catch(() => undefined);
    if (response?.ok === true) {
      return;
    }
    await sleep(100);
  }
  throw new Error('The server did not start.');
}

await runAndExit(main);
