import { formatDate } from '../../lib/format-date.ts';
import type { Locale } from '../../lib/locale.ts';
import type { DayCounts, RequestCounts } from '../statistics.ts';
import { layOutPlot, type Plot, type Series } from './plot.ts';

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
