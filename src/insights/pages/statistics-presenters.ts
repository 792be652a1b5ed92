import { formatDate } from '../../lib/format-date.ts';
import type { Locale } from '../../lib/locale.ts';
import {
  type DayCounts,
  type RequestCounts,
  refreshSuccess,
  type Statistics,
} from '../statistics.ts';

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

/** Requests of an application per day, as a plot with its table. */
export interface PlotProps extends Omit<Plot, 'top'> {
  readonly name: 'calls' | 'tokens' | 'failures';
  readonly top: string;
  readonly series: readonly { readonly name: Series; readonly sum: string }[];
  /** The newest first. */
  readonly rows: readonly {
    readonly day: string;
    readonly label: string;
    readonly numbers: readonly string[];
  }[];
}

/** Plots of the page, with what they show. */
const PLOTS = [
  { name: 'calls', series: ['apiCalls'] },
  { name: 'tokens', series: ['issued', 'refreshed'] },
  { name: 'failures', series: ['failed'] },
] as const;

/** Presents the days in plots; omits those of which all numbers are zero. */
export function presentPlots(
  locale: Locale,
  days: readonly DayCounts[],
  sum: RequestCounts,
): PlotProps[] {
  const { format } = new Intl.NumberFormat(locale);
  return PLOTS.filter(({ series }) => series.some((one) => sum[one] > 0)).map(
    ({ name, series }) => {
      const plot = layOutPlot(days, series);
      return {
        ...plot,
        name,
        top: format(plot.top),
        series: series.map((one) => ({ name: one, sum: format(sum[one]) })),
        rows: days.toReversed().map((day) => ({
          day: day.day,
          label: formatDate(new Date(day.day), 'UTC', locale, { dateStyle: 'medium' }),
          numbers: series.map((one) => format(day[one])),
        })),
      };
    },
  );
}

/** A number of the period, and its change against the period before. */
export interface FigureProps {
  readonly name: 'users' | 'calls' | 'refresh' | 'failures';
  /** Undefined if there is none. */
  readonly value: string | undefined;
  /** Undefined if there was nothing before, or it is unknown. */
  readonly before: string | undefined;
  /** With a sign; undefined for shares, and if it cannot be told. */
  readonly change: string | undefined;
}

/** Presents the numbers of the period. */
export function presentFigures(
  locale: Locale,
  { sum, before, usersBefore }: Statistics,
  connectedUsers: number,
): FigureProps[] {
  const number = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  });
  const counted = (name: FigureProps['name'], value: number, earlier: number): FigureProps => ({
    name,
    value: number.format(value),
    before: earlier === 0 ? undefined : number.format(earlier),
    change: earlier === 0 ? undefined : percent.format(value / earlier - 1),
  });
  const [success, successBefore] = [refreshSuccess(sum), refreshSuccess(before)];
  return [
    counted('users', connectedUsers, usersBefore ?? 0),
    counted('calls', sum.apiCalls, before.apiCalls),
    {
      name: 'refresh',
      value: success === undefined ? undefined : share.format(roundedDown(success)),
      before: successBefore === undefined ? undefined : share.format(roundedDown(successBefore)),
      change: undefined,
    },
    counted('failures', sum.failed, before.failed),
  ];
}

/** One failure among thousands of refreshes is not 100 %. */
function roundedDown(share: number): number {
  return Math.floor(share * 1000) / 1000;
}
