import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { CONNECTIONS, GRANTS, USERS } from './data.ts';
import type { Fault } from './faults.ts';
import { GOALS, ratioOf, STAGEDOOR } from './goals.ts';
import { number, table } from './markdown.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { plot } from './plot.ts';
import { outcomesOf, type Results, rowsOf } from './report.ts';
import { readCosts, scalingSection } from './scaling.ts';
import { median } from './statistics.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Everything that a run has measured. */
export interface Run {
  readonly results: Results;
  readonly faults: readonly Fault[];
  readonly databaseServer: string;
  readonly quick: boolean;
}

/**
 * Writes the figures between the `figures` comments of docs/performance.md and of the README, the plot
 * beside the former, and what docs/scaling.md calculates from them.
 */
export async function writeReport(run: Run): Promise<void> {
  const { results, faults, quick } = run;
  const when = `${new Date().toISOString().slice(0, 10)}, commit ${commitOf()}`;
  writeFileSync(join(ROOT, 'docs/performance.svg'), plot(rowsOf(results)));
  const sections = [
    `- Command: \`npm run bench -- ${quick ? '--quick ' : ''}--write\`, ${when}`,
    `${await conditionsOf(run)}\n`,
    '![CPU time per request](performance.svg)\n',
    `${figures(results)}\n`,
    `${goals(results)}\n`,
    faultTable(faults),
  ];
  replaceFigures('docs/performance.md', sections.join('\n'));
  replaceFigures('docs/scaling.md', scalingSection(readCosts(sections.join('\n'))));
  replaceFigures('README.md', `\`npm run bench\`, ${when}: ${summary(results)}`);
}

function commitOf(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT }).toString().trim();
}

function replaceFigures(path: string, text: string): void {
  const file = join(ROOT, path);
  const before = readFileSync(file, 'utf8');
  const section = /(<!-- figures -->\n)[\s\S]*?(\n<!-- end of figures -->)/;
  if (!section.test(before)) {
    throw new Error(`${path} has no section for the figures.`);
  }
  writeFileSync(
    file,
    before.replace(section, (_all, start, end) => `${start}${text}${end}`),
  );
}

async function conditionsOf({ databaseServer }: Run): Promise<string> {
  const client = new pg.Client({ connectionString: databaseServer });
  await client.connect();
  const { rows } = await client.query('show server_version').finally(() => client.end());
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    `- Machine: ${cpus().length} cores (${cpu?.model.trim()}), ${memory} GiB, ${platform()} ${arch()}; shared by servers, PostgreSQL and load generator`,
    `- Versions: Node.js ${process.version.slice(1)}, PostgreSQL ${rows[0].server_version}, oidc-provider ${versionOf('oidc-provider')}, Koa ${versionOf('koa')}, pg ${versionOf('pg')}`,
    `- Tables: ${number(USERS)} users, ${number(GRANTS)} grants, ${number(2 * GRANTS)} tokens; ${CONNECTIONS} connections; commits are durable`,
  ].join('\n');
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version;
}

function figures(results: Results): string {
  const rows = rowsOf(results).map(({ operation, contender, figures: one, range }) => [
    OPERATIONS[operation],
    contender,
    number(one.cpu),
    range.map(number).join('–'),
    number(one.postgresCpu),
    one.p50.toFixed(1),
    one.p99.toFixed(1),
  ]);
  const head = [
    'operation',
    'server',
    'CPU, µs',
    'rounds',
    'PostgreSQL CPU, µs',
    'p50, ms',
    'p99, ms',
  ];
  return table(head, rows);
}

function goals(results: Results): string {
  const rows = outcomesOf(results).map(({ name, ratio, atMost }) => [
    name,
    ratio.toFixed(2),
    `at most ${atMost}`,
    ratio <= atMost ? 'yes' : 'no',
  ]);
  return table(['ratio, median of the rounds', 'measured', 'goal', 'reached'], rows);
}

function faultTable(faults: readonly Fault[]): string {
  const rows = faults.map(({ name, times, ended, different }) => [
    name,
    number(times),
    number(ended),
    number(different),
  ]);
  return table(['fault', 'times', 'grants ended', 'different responses'], rows);
}

/** Returns one sentence for the README. */
function summary(results: Results): string {
  const cost = (operation: Operation) => {
    const ours = results.get(operation)?.get(STAGEDOOR) ?? [];
    const others = GOALS.filter(
      (goal) => goal.operation === operation && goal.figure === 'cpu',
    ).map((goal) => {
      const ratio = ratioOf(goal, results.get(operation) ?? new Map());
      return `${ratio.toFixed(2)} times ${goal.dividedBy}`;
    });
    return `${number(median(ours.map(({ cpu }) => cpu)))} µs (${others.join(', ')})`;
  };
  return `an introspection takes ${cost('introspection')} of server CPU, a refresh ${cost('refresh')}.`;
}
