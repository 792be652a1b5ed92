import type { Measured } from './measure.ts';
import type { Operation } from './operations.ts';
import { median } from './statistics.ts';

export const STAGEDOOR = 'Stagedoor';
export const BARE = 'Koa and pg with one statement';
export const MEMORY = 'oidc-provider in memory';
export const POSTGRES = 'oidc-provider on PostgreSQL';

/** A figure of Stagedoor, divided by that of another contender of the same round. */
export interface Goal {
  readonly operation: Operation;
  readonly figure: 'cpu' | 'postgresCpu';
  /** Name of a contender. */
  readonly dividedBy: string;
  readonly atMost: number;
}

export const GOALS: readonly Goal[] = [
  { operation: 'introspection', figure: 'cpu', dividedBy: BARE, atMost: 1.3 },
  { operation: 'refresh', figure: 'cpu', dividedBy: MEMORY, atMost: 1 },
  { operation: 'refresh', figure: 'cpu', dividedBy: POSTGRES, atMost: 0.3 },
  { operation: 'refresh', figure: 'postgresCpu', dividedBy: BARE, atMost: 1.5 },
  { operation: 'exchange', figure: 'cpu', dividedBy: POSTGRES, atMost: 1 },
  { operation: 'authorize', figure: 'cpu', dividedBy: POSTGRES, atMost: 1 },
  { operation: 'flow', figure: 'cpu', dividedBy: POSTGRES, atMost: 1 },
];

/** Returns the median of the ratios of all rounds. */
export function ratioOf(goal: Goal, measured: Measured): number {
  const { dividedBy, figure } = goal;
  const ours = measured.get(STAGEDOOR) ?? [];
  const others = measured.get(dividedBy) ?? [];
  return median(
    ours.map((sample, round) => sample[figure] / (others[round]?.[figure] ?? Number.NaN)),
  );
}
