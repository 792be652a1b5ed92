import type { DayCounts, RequestCounts } from '../statistics.ts';

/** Numbers of the days that a plot shows as bars. */
export type Series = keyof RequestCounts;

/** A bar of the plot, in the plot's own units. */
export interface Bar {
  readonly series: Series;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The days as bars side by side, in a frame of `width` × `height` units. */
export interface Plot {
  readonly width: number;
  readonly height: number;
  /** The number that the top of the frame stands for: a round one. */
  readonly top: number;
  readonly bars: readonly Bar[];
}

/** Units of a day: a gap, its bars, a gap. */
const STEP = 10;
const BARS = 8;
const HEIGHT = 100;
/** One token among thousands can still be seen. */
const LEAST = 1.5;

/** Lays the days out, each with a bar for each of `series`. */
export function layOutPlot(days: readonly DayCounts[], series: readonly Series[]): Plot {
  const top = roundUp(Math.max(0, ...days.flatMap((day) => series.map((one) => day[one]))));
  const width = BARS / series.length;
  const bars = days.flatMap((day, index) =>
    series.flatMap((one, place): Bar[] => {
      const count = day[one];
      if (count === 0) {
        return [];
      }
      const height = Math.max(LEAST, rounded((count / top) * HEIGHT));
      const x = index * STEP + (STEP - BARS) / 2 + place * width;
      return [{ series: one, x, y: rounded(HEIGHT - height), width, height }];
    }),
  );
  return { width: days.length * STEP, height: HEIGHT, top, bars };
}

/** The next of 2, 5, 10, 20, 50…: not 1, because a single token would fill the plot. */
function roundUp(count: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(count, 1)));
  const factor = [1, 2, 5, 10].find((one) => one * power >= count) ?? 10;
  return Math.max(2, factor * power);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
