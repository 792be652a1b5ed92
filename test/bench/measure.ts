import type { Contender, Send } from './contenders/contender.ts';
import { CONNECTIONS } from './data.ts';
import { drive } from './load.ts';
import type { Operation } from './operations.ts';
import { quantile } from './statistics.ts';

/** Figures of one round, for one request or flow. */
export interface Sample {
  /** Microseconds of the server's CPU time. */
  readonly cpu: number;
  /** Microseconds of PostgreSQL's CPU time; NaN on a system without `/proc`. */
  readonly postgresCpu: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Figures of an operation: one sample per round for each contender that offers it. */
export type Measured = ReadonlyMap<string, readonly Sample[]>;

/** Numbers of requests. */
export interface Plan {
  readonly rounds: number;
  readonly perRound: number;
  readonly warmUp: number;
}

const QUICK_ROUNDS = 3;
const ROUNDS = 5;
/** Rounds before them. After fewer, part of the code is not optimized yet. */
const WARM_UP = 2.5;

const PER_ROUND: Readonly<Record<Operation, { full: number; quick: number }>> = {
  introspection: { full: 8_000, quick: 1_200 },
  refresh: { full: 2_000, quick: 400 },
  exchange: { full: 2_000, quick: 400 },
  authorize: { full: 300, quick: 64 },
  flow: { full: 300, quick: 64 },
};

export function planOf(operation: Operation, quick: boolean): Plan {
  const { full, quick: few } = PER_ROUND[operation];
  return quick
    ? { rounds: QUICK_ROUNDS, perRound: few, warmUp: few }
    : { rounds: ROUNDS, perRound: full, warmUp: WARM_UP * full };
}

/** Measures one operation; in each round, one contender after the other. */
export async function measure(
  contenders: readonly Contender[],
  operation: Operation,
  plan: Plan,
  postgres: () => number,
): Promise<Measured> {
  const sends = new Map<Contender, Send>();
  for (const contender of contenders) {
    const send = await contender.prepare(operation);
    if (send !== undefined) {
      sends.set(contender, send);
      await drive(plan.warmUp, CONNECTIONS, send);
    }
  }
  const measured = new Map<string, Sample[]>();
  for (let round = 0; round < plan.rounds; round += 1) {
    const first = plan.warmUp + round * plan.perRound;
    for (const [contender, send] of sends) {
      const sample = await sampleOf(contender, plan.perRound, postgres, (index, connection) =>
        send(first + index, connection),
      );
      measured.set(contender.name, [...(measured.get(contender.name) ?? []), sample]);
    }
  }
  return measured;
}

async function sampleOf(
  { server }: Contender,
  count: number,
  postgres: () => number,
  send: Send,
): Promise<Sample> {
  const before = { cpu: await server.cpu(), postgres: postgres() };
  const milliseconds = await drive(count, CONNECTIONS, send);
  return {
    cpu: ((await server.cpu()) - before.cpu) / count,
    postgresCpu: (postgres() - before.postgres) / count,
    p50: quantile(milliseconds, 0.5),
    p99: quantile(milliseconds, 0.99),
  };
}
