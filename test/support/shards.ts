import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Variable with the directory that the processes of one run share. */
const FOLDER = 'STAGEDOOR_TEST_SHARDS';

const measuredFile = z.strictObject({
  file: z.string(),
  wallMs: z.number(),
  cpuMs: z.number(),
  childCpuMs: z.number(),
});

/** Cost of a test file. `childCpuMs` covers the processes that it started and that have ended. */
export type MeasuredFile = z.infer<typeof measuredFile>;

/** Prepares a run of `files`; returns the variables for its processes. */
export function prepareShards(folder: string, files: readonly string[]): Record<string, string> {
  mkdirSync(join(folder, 'claims'), { recursive: true });
  writeFileSync(join(folder, 'files.json'), JSON.stringify(files));
  writeFileSync(join(folder, 'measured'), '');
  return { [FOLDER]: folder };
}

/** Yields the files that no other process of this run has claimed, relative to the working directory. */
export function* claimFiles(): Generator<string> {
  const folder = sharedFolder();
  const files = z
    .array(z.string())
    .parse(JSON.parse(readFileSync(join(folder, 'files.json'), 'utf8')));
  for (const [index, file] of files.entries()) {
    if (claim(join(folder, 'claims', String(index)))) {
      yield file;
    }
  }
}

/** Runs the tests of a file and records what they cost. */
export async function measureFile(file: string, work: () => Promise<void>): Promise<void> {
  const before = { wall: performance.now(), cpu: process.cpuUsage(), child: childCpuMs() };
  await work();
  const { user, system } = process.cpuUsage(before.cpu);
  const measured: MeasuredFile = {
    file,
    wallMs: performance.now() - before.wall,
    cpuMs: (user + system) / 1000,
    childCpuMs: childCpuMs() - before.child,
  };
  appendFileSync(join(sharedFolder(), 'measured'), `${JSON.stringify(measured)}\n`);
}

/** Reads the costs of all files of a run. */
export function readMeasured(folder: string): MeasuredFile[] {
  const lines = readFileSync(join(folder, 'measured'), 'utf8').trimEnd().split('\n');
  return lines.filter((line) => line !== '').map((line) => measuredFile.parse(JSON.parse(line)));
}

function sharedFolder(): string {
  const folder = process.env[FOLDER];
  if (folder === undefined) {
    throw new Error('Run tests by: npm test -- <file>');
  }
  return folder;
}

/** Creates a file; false if it exists. */
function claim(path: string): boolean {
  try {
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

/** Clock ticks per second in `/proc` on every Linux that Node supports. */
const TICKS = 100;

/** CPU time of the ended child processes; 0 without `/proc`. */
function childCpuMs(): number {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // Fields after the program's name, which may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS;
  } catch {
    return 0;
  }
}
