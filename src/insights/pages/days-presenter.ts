import { formatDate } from '../../lib/format-date.ts';
import type { Locale } from '../../lib/locale.ts';
import type { TokenDay } from '../statistics.ts';
import { layOutPlot, type Plot } from './plot.ts';

/** Issued and refreshed tokens: per day, in a plot, and in sum. */
export interface DaysProps {
  readonly issued: number;
  readonly refreshed: number;
  readonly days: readonly (TokenDay & { readonly label: string })[];
  /** Undefined if there are no tokens. */
  readonly plot: (Omit<Plot, 'top'> & { readonly top: string }) | undefined;
}

/** Presents the days with their plot and their sums. */
export function presentDays(locale: Locale, days: readonly TokenDay[]): DaysProps {
  const sum = (series: 'issued' | 'refreshed') => days.reduce((all, day) => all + day[series], 0);
  const [issued, refreshed] = [sum('issued'), sum('refreshed')];
  const plot = layOutPlot(days);
  return {
    days: days.map((day) => ({
      ...day,
      label: formatDate(new Date(day.day), 'UTC', locale, { dateStyle: 'medium' }),
    })),
    plot:
      issued + refreshed === 0
        ? undefined
        : { ...plot, top: new Intl.NumberFormat(locale).format(plot.top) },
    issued,
    refreshed,
  };
}
