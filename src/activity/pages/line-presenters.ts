import { dayOf, formatDate } from '../../lib/format-date.ts';
import type { OwnedApplication } from '../activity-store.ts';
import type { ActivityLine } from '../fold-activity.ts';
import { adviceOn } from './advice-presenters.ts';
import { type PresentDeps, presentEntry } from './presenters.ts';

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
};

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
) {
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

/** Presents equal entries as one line, which opens to the single ones. */
function presentLine(deps: PresentDeps, context: LineContext, line: ActivityLine) {
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
    // Time of the newest, and of the oldest of several if it was at another minute.
    at: entry.happenedAt,
    time: oldest === time(newest) ? oldest : `${oldest} – ${time(newest)}`,
    count: line.count,
    entries: line.entries.map((one) => presentEntry(deps, one)),
    // All of them, if there are more.
    all: isShort ? undefined : context.linkToAll(line),
    // Shows only entries about the same application, unless the page does.
    application: clientId === null ? undefined : context.linkToApplication(clientId),
    advice: adviceOn(
      line.entries,
      context.owned.find((one) => one.clientId === clientId),
      params,
    ),
  };
}

function iconOf(action: string): string {
  const [icon = 'other'] = Object.entries(ICONS).find(([, found]) => found.test(action)) ?? [];
  return icon;
}
