import type { Fault } from './faults.ts';
import { GOALS, type Goal, ratioOf } from './goals.ts';
import type { Measured, Sample } from './measure.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { median } from './statistics.ts';

export type Results = ReadonlyMap<Operation, Measured>;

/** A row of the table of figures; medians of the rounds. */
export interface Row {
  readonly operation: Operation;
  readonly contender: string;
  readonly figures: Sample;
  /** Lowest and highest CPU time of a round. */
  readonly range: readonly [number, number];
}

export function rowsOf(results: Results): Row[] {
  return [...results].flatMap(([operation, measured]) =>
    [...measured].map(([contender, samples]) => {
      const all = (figure: keyof Sample) => samples.map((sample) => sample[figure]);
      return {
        operation,
        contender,
        figures: {
          cpu: median(all('cpu')),
          postgresCpu: median(all('postgresCpu')),
          p50: median(all('p50')),
          p99: median(all('p99')),
        },
        range: [Math.min(...all('cpu')), Math.max(...all('cpu'))],
      };
    }),
  );
}

/** A measured goal. */
export interface Outcome {
  readonly name: string;
  readonly ratio: number;
  readonly atMost: number;
}

export function outcomesOf(results: Results): Outcome[] {
  return GOALS.flatMap((goal) => {
    const measured = results.get(goal.operation);
    return measured === undefined
      ? []
      : [{ name: nameOf(goal), ratio: ratioOf(goal, measured), atMost: goal.atMost }];
  });
}

function nameOf({ operation, figure, dividedBy }: Goal): string {
  return `${OPERATIONS[operation]} ÷ ${dividedBy}, ${figure === 'cpu' ? 'server' : 'PostgreSQL'} CPU`;
}

/** Prints the results of one or all operations. */
export function printResults(results: Results): void {
  console.table(
    rowsOf(results).map(({ operation, contender, figures, range }) => ({
      operation: OPERATIONS[operation],
      server: contender,
      'CPU µs': Math.round(figures.cpu),
      'lowest–highest': range.map(Math.round).join('–'),
      'PostgreSQL CPU µs': Math.round(figures.postgresCpu),
      'p50 ms': Number(figures.p50.toFixed(1)),
      'p99 ms': Number(figures.p99.toFixed(1)),
    })),
  );
  console.table(
    outcomesOf(results).map(({ name, ratio, atMost }) => ({
      'ratio, median of the rounds': name,
      measured: Number(ratio.toFixed(2)),
      goal: `at most ${atMost}`,
      reached: ratio <= atMost ? 'yes' : 'no',
    })),
  );
}

export function printFaults(faults: readonly Fault[]): void {
  console.table(
    faults.map(({ name, times, ended, different }) => ({
      fault: name,
      times,
      'grants ended': ended,
      'different responses': different,
      goal: 'none of both',
    })),
  );
}
