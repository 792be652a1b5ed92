import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';

/** `USER_HZ`: unit of the times in `/proc/<pid>/stat`, the same on every Linux platform of Node.js. */
const MICROSECONDS_PER_TICK = 10_000;

/**
 * Returns a function that reads the CPU time of a local PostgreSQL in microseconds: all backends and
 * background processes, also those that have ended. Undefined without `/proc`.
 */
export async function postgresCpu(url: string): Promise<(() => number) | undefined> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('select pg_backend_pid() as pid');
    const postmaster = readStat(String(rows[0].pid))?.parent;
    return postmaster === undefined ? undefined : () => cpuOf(postmaster);
  } finally {
    await client.end();
  }
}

function cpuOf(postmaster: string): number {
  const own = readStat(postmaster);
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readStat)
    .filter((stat) => stat?.parent === postmaster);
  const ticks = children.reduce((sum, stat) => sum + (stat?.used ?? 0), 0);
  return (ticks + (own?.used ?? 0) + (own?.endedChildren ?? 0)) * MICROSECONDS_PER_TICK;
}

/** Times in ticks; undefined if the process has ended. */
function readStat(pid: string) {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field, the name in parentheses, may contain spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).map(Number);
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = ticks;
  return {
    parent: fields[1],
    used: user + system,
    endedChildren: childrenUser + childrenSystem,
  };
}
