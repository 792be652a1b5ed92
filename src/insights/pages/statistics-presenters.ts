import { formatDate } from '../../lib/format-date.ts';
import type { Locale } from '../../lib/locale.ts';
import {
  type DayCounts,
  type RequestCounts,
  refreshSuccess,
  type Statistics,
} from '../statistics.ts';

/** Numbers of the days that a plot shows as bars. */
type Series = keyof RequestCounts;

/** Units of a day: a gap, its bars, a gap. */
const STEP = 10;
const BARS = 8;
const HEIGHT = 100;
/** One token among thousands can still be seen. */
const LEAST = 1.5;

/**
 * Lays the days out as bars side by side, one for each of `series` and day.
 * @returns the bars, in a frame of `width` × `height` units, and the number that its top stands for
 */
export function layOutPlot(days: readonly DayCounts[], series: readonly Series[]) {
  const top = roundUp(Math.max(0, ...days.flatMap((day) => series.map((one) => day[one]))));
  const width = BARS / series.length;
  const bars = days.flatMap((day, index) =>
    series.flatMap((one, place) => {
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

/** Plots of the page, with what they show. */
const PLOTS = [
  { name: 'calls', series: ['apiCalls'] },
  { name: 'tokens', series: ['issued', 'refreshed'] },
  { name: 'failures', series: ['failed'] },
] as const;

/** Presents the days in plots, each with its table; omits those of which all numbers are zero. */
export function presentPlots(locale: Locale, days: readonly DayCounts[], sum: RequestCounts) {
  const { format } = new Intl.NumberFormat(locale);
  return PLOTS.filter(({ series }) => series.some((one) => sum[one] > 0)).map(
    ({ name, series }) => {
      const plot = layOutPlot(days, series);
      return {
        ...plot,
        name,
        top: format(plot.top),
        series: series.map((one) => ({ name: one, sum: format(sum[one]) })),
        // The newest first.
        rows: days.toReversed().map((day) => ({
          day: day.day,
          label: formatDate(new Date(day.day), 'UTC', locale, { dateStyle: 'medium' }),
          numbers: series.map((one) => format(day[one])),
        })),
      };
    },
  );
}

/** Presents the numbers of the period, and their changes against the period before. */
export function presentFigures(
  locale: Locale,
  { sum, before, usersBefore }: Statistics,
  connectedUsers: number,
) {
  const number = new Intl.NumberFormat(locale);
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const percent = new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  });
  const counted = (name: string, value: number, earlier: number) => ({
    name,
    value: number.format(value),
    // Undefined if there was nothing before, or it is unknown.
    before: earlier === 0 ? undefined : number.format(earlier),
    // With a sign.
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
