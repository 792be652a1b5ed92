import type { Locale } from '../../lib/locale.ts';
import type { Statistics } from '../read-statistics.ts';
import { refreshSuccess } from '../statistics.ts';

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
