import type { Context } from 'koa';
import { endOfDay, startOfDay } from '../../grants/end-date.ts';
import { linkTo } from '../../http/link-to.ts';
import { COLLATORS } from '../../lib/locale.ts';
import { type LocalizedText, localized } from '../../lib/localized-text.ts';
import { oneLine } from '../../mail/mail-text.ts';
import type { User } from '../../users/user.ts';
import {
  ACTIVITY_KINDS,
  type ActivityApplication,
  type ActivityFilter,
  type ActivityKind,
  isActivityKind,
} from '../activity.ts';
import type { WordsDeps } from './detail-presenters.ts';

/** Path of the log. */
export const ACTIVITY = '/account/activity';

/** Applications and organizers to filter by. */
export interface FilterChoices {
  readonly applications: readonly ActivityApplication[];
  readonly organizers: readonly { readonly slug: string; readonly name: LocalizedText }[];
}

/** Filters as a query names them; unknown values are left out. */
export interface LogQuery {
  readonly kind: ActivityKind | undefined;
  readonly application: ActivityApplication | undefined;
  readonly organizer: FilterChoices['organizers'][number] | undefined;
  /** Days, `2026-03-01`; both belong to the time. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Each entry has a line of its own. */
  readonly single: boolean;
  /** A day of the query is none. */
  readonly isInvalid: boolean;
}

/** Option of a select. */
interface Option {
  readonly value: string;
  readonly name: string;
}

/** Maximum length of a name, in characters. */
const NAME_LIMIT = 60;

/** Reads the filters. Days in the wrong order are exchanged. */
export function readLogQuery(query: Context['query'], choices: FilterChoices): LogQuery {
  const [from, to] = [readDay(query.from), readDay(query.to)];
  const days = [from, to].filter((day) => day !== undefined).sort();
  const isComplete = days.length === 2;
  return {
    kind: isActivityKind(query.kind) ? query.kind : undefined,
    application: choices.applications.find(({ clientId }) => clientId === query.application),
    organizer: choices.organizers.find(({ slug }) => slug === query.organizer),
    from: isComplete ? days[0] : from,
    to: isComplete ? days[1] : to,
    single: query.single === 'true',
    isInvalid: [query.from, query.to].some((day) => day && readDay(day) === undefined),
  };
}

function readDay(value: unknown): string | undefined {
  return typeof value === 'string' && startOfDay(value, 'UTC') !== undefined ? value : undefined;
}

/** Returns the filters of the store, with days in the time zone of the user. */
export function storeFilter(
  { kind, application, organizer, from, to }: LogQuery,
  { id, timezone }: Pick<User, 'id' | 'timezone'>,
): ActivityFilter {
  return {
    userId: id,
    kind,
    clientId: application?.clientId,
    organizer: organizer?.slug,
    from: from === undefined ? undefined : startOfDay(from, timezone),
    until: to === undefined ? undefined : endOfDay(to, timezone),
  };
}

/** Returns the address of a page of the log, or of a download, with filters. */
export function linkToLog(
  { kind, application, organizer, from, to, single }: Omit<LogQuery, 'isInvalid'>,
  {
    path = ACTIVITY,
    cursor,
  }: { readonly path?: string; readonly cursor?: string | undefined } = {},
): string {
  return linkTo(path, {
    kind,
    application: application?.clientId,
    organizer: organizer?.slug,
    from,
    to,
    single: single ? 'true' : undefined,
    cursor,
  });
}

/** Presents the fields of the filter, and what is set, each with the link that removes it. */
export function presentFilter(
  { t, locale }: WordsDeps,
  choices: FilterChoices,
  query: LogQuery,
  day: (date: string) => string,
) {
  const nameOf = ({ slug, name }: FilterChoices['organizers'][number]) =>
    oneLine(localized(name, locale) || slug, NAME_LIMIT);
  const options = (all: string, some: readonly Option[], chosen = '') => [
    // An empty value does not filter.
    { value: '', name: all, selected: chosen === '' },
    ...some.map((one) => ({ ...one, selected: one.value === chosen })),
  ];
  const sorted = (some: readonly Option[]) =>
    some.toSorted((a, b) => COLLATORS[locale].compare(a.name, b.name));
  const { kind, application, organizer, from, to, single } = query;
  const applied: readonly (readonly [keyof LogQuery, string | undefined])[] = [
    ['application', application && oneLine(application.name, NAME_LIMIT)],
    ['kind', kind && t(`activity.filter.kind.${kind}`)],
    ['organizer', organizer && nameOf(organizer)],
    ['from', from && t('activity.filter.from.set', { day: day(from) })],
    ['to', to && t('activity.filter.to.set', { day: day(to) })],
    ['single', single ? t('activity.filter.single') : undefined],
  ];
  return {
    action: ACTIVITY,
    kinds: options(
      t('activity.filter.kind.all'),
      Object.keys(ACTIVITY_KINDS)
        .filter(isActivityKind)
        .map((one) => ({ value: one, name: t(`activity.filter.kind.${one}`) })),
      kind,
    ),
    applications: options(
      t('activity.filter.application.all'),
      sorted(
        choices.applications.map(({ clientId, name }) => ({
          value: clientId,
          name: oneLine(name, NAME_LIMIT),
        })),
      ),
      application?.clientId,
    ),
    organizers:
      choices.organizers.length === 0
        ? []
        : options(
            t('activity.filter.organizer.all'),
            sorted(choices.organizers.map((one) => ({ value: one.slug, name: nameOf(one) }))),
            organizer?.slug,
          ),
    from: from ?? '',
    to: to ?? '',
    isInvalid: query.isInvalid,
    applied: applied.flatMap(([name, text]) =>
      text === undefined
        ? []
        : [{ text, href: linkToLog({ ...query, [name]: name === 'single' ? false : undefined }) }],
    ),
  };
}
