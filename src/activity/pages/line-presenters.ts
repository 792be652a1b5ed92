import { dayOf, formatDate } from '../../lib/format-date.ts';
import type { OwnedApplication } from '../activity.ts';
import type { ActivityLine } from '../fold-activity.ts';
import { type AdviceProps, adviceOn } from './advice-presenters.ts';
import { type ActivityEntryProps, type PresentDeps, presentEntry } from './presenters.ts';
import type { Sentence } from './sentence-presenters.ts';

/** Icons of entries: symbols of `views/activity/icons.eta`. */
const ICONS = {
  connected: /\.oauth\.authorized$/,
  reduced: /\.oauth\.narrowed$/,
  disconnected: /\.oauth\.|\.application\.deleted$/,
  in: /\.user\.signed_in$/,
  out: /\.user\.(signed_out|sessions_ended)$/,
  alert: /\.sign_in_|_failed$|\.suspended$|\.trust_changed$/,
  key: /password|\.(secret|key)_/,
  person: /\.user\./,
  app: /\.application\./,
} as const;

type Icon = keyof typeof ICONS;

/** Equal entries as one line, which opens to the single ones. */
export interface LineProps extends Sentence {
  readonly icon: Icon | 'other';
  /** Time of the newest, and of the oldest of several if it was at another minute. */
  readonly at: Date;
  readonly time: string;
  readonly count: number;
  readonly entries: readonly ActivityEntryProps[];
  /** All of them, if there are more. */
  readonly all: string | undefined;
  /** Shows only entries about the same application, unless the page does. */
  readonly application: string | undefined;
  readonly advice: AdviceProps | undefined;
}

/** Lines of a day. */
export interface DayProps {
  readonly heading: string;
  readonly lines: readonly LineProps[];
}

/** Values that lines need beside the words. */
export interface LineContext {
  readonly timezone: string;
  readonly owned: readonly OwnedApplication[];
  /** Returns the address of the page with each entry of a line. */
  readonly linkToAll: (line: ActivityLine) => string;
  readonly linkToApplication: (clientId: string) => string | undefined;
}

/** Groups lines by day. */
export function presentDays(
  deps: PresentDeps,
  context: LineContext,
  lines: readonly ActivityLine[],
): DayProps[] {
  return [...Map.groupBy(lines, ({ day }) => day)].map(([day, some]) => ({
    heading: headingOf(deps, context, day, some[0]?.entries[0].happenedAt ?? new Date(day)),
    lines: some.map((line) => presentLine(deps, context, line)),
  }));
}

function headingOf(
  { t, locale }: PresentDeps,
  { timezone }: LineContext,
  day: string,
  when: Date,
): string {
  const date = formatDate(when, timezone, locale, { dateStyle: 'full' });
  return day === dayOf(new Date(), timezone) ? t('activity.today', { date }) : date;
}

function presentLine(deps: PresentDeps, context: LineContext, line: ActivityLine): LineProps {
  const [newest] = line.entries;
  const { message, params, ...entry } = presentEntry(deps, newest);
  const { clientId } = newest;
  const isShort = line.entries.length === line.count;
  const time = ({ happenedAt }: { happenedAt: Date }) =>
    formatDate(happenedAt, context.timezone, deps.locale, { timeStyle: 'short' });
  const oldest = isShort ? time(line.entries.at(-1) ?? newest) : time(newest);
  return {
    icon: iconOf(newest.action),
    message,
    params,
    at: entry.happenedAt,
    time: oldest === time(newest) ? oldest : `${oldest} – ${time(newest)}`,
    count: line.count,
    entries: line.entries.map((one) => presentEntry(deps, one)),
    all: isShort ? undefined : context.linkToAll(line),
    application: clientId === null ? undefined : context.linkToApplication(clientId),
    advice: adviceOn(
      line.entries,
      context.owned.find((one) => one.clientId === clientId),
      params,
    ),
  };
}

function iconOf(action: string): LineProps['icon'] {
  const found = Object.entries(ICONS).find(([, pattern]) => pattern.test(action))?.[0];
  return isIcon(found) ? found : 'other';
}

function isIcon(name: string | undefined): name is Icon {
  return name !== undefined && Object.hasOwn(ICONS, name);
}
