import { linkTo } from '../../http/link-to.ts';
import { oneOf, type PageAnswer, render } from '../../http/page.ts';
import { pageNumber } from '../../http/page-links.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { formatDate } from '../../lib/format-date.ts';
import { ownValue } from '../../lib/own-value.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import type { ConsoleText } from '../texts.ts';
import type { OperatorRequest } from './operator-page.ts';

/** Path of the console. */
export const CONSOLE = '/operator';

/** Sections of the console, in the order of its tabs. */
export const SECTIONS = [
  'queue',
  'applications',
  'users',
  'grants',
  'log',
  'mails',
  'resource-servers',
  'tokens',
  'health',
] as const;
export type Section = (typeof SECTIONS)[number];

/** Rows of a page of a list. */
export const PER_PAGE = 25;

/** A short word about a row, with its color. */
export interface Chip {
  readonly text: string;
  readonly kind: '' | 'good' | 'warning' | 'stopped';
}

export type Fact = readonly [label: string, values: readonly string[]];

/** A row of a list, which opens to its facts. Texts may come from anybody: they are one visible line. */
export interface Row {
  readonly title: string;
  readonly below: string;
  /** URL of a picture. */
  readonly picture?: string;
  readonly chips?: readonly Chip[];
  readonly facts: readonly Fact[];
  /** A link, or a button that posts to `post`. `danger`: it ends something. */
  readonly action?: {
    readonly label: string;
    readonly href?: string;
    readonly post?: string;
    readonly danger?: boolean;
  };
}

/** A field of a filter; the one named `q` is the search. */
export interface FilterField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly type?: 'date';
  readonly options?: readonly Option[];
}

interface Option {
  readonly value: string;
  readonly name: string;
  readonly selected: boolean;
}

/** A page of a list. */
interface List {
  readonly section: Exclude<Section, 'health'>;
  readonly rows: readonly Row[];
  /** Number of all entries; undefined if they were not counted: then `next` and `previous` are given. */
  readonly count: number | undefined;
  readonly filters?: readonly FilterField[];
  /** A button above the list. */
  readonly all?: { readonly label: string; readonly post: string };
  readonly previous?: string | undefined;
  readonly next?: string | undefined;
}

/** Words and dates in the operator's language and time zone. */
export interface Pen {
  readonly t: Translate<ConsoleText>;
  readonly when: (date: Date | null) => string;
}

/** Returns the words for a request. */
export function penOf({ locale, user }: OperatorRequest): Pen {
  const t = translator<ConsoleText>(locale);
  const style = { dateStyle: 'medium', timeStyle: 'short' } as const;
  return {
    t,
    when: (date) =>
      date === null ? t('console.never') : formatDate(date, user.timezone, locale, style),
  };
}

/** Shows a name of anybody on one line without invisible characters. */
export function shown(name: string): string {
  return visibleLine(name) || '…';
}

/** Returns the text of a query parameter. */
export function queryText(request: OperatorRequest, name: string): string {
  const value = ownValue(request.query, name);
  return typeof value === 'string' && !value.includes('\0') ? value.trim().slice(0, 320) : '';
}

/** Returns the part of a list that a request is for. */
export function sliceOf({ query }: OperatorRequest): { limit: number; offset: number } {
  return { limit: PER_PAGE, offset: (pageNumber(query.page) - 1) * PER_PAGE };
}

/** Notices after a change. */
const SUCCESSES = [
  'reviewed',
  'asked',
  'suspended',
  'resumed',
  'deleted',
  'activated',
  'deactivated',
  'signed_out',
  'revoked',
  'retried',
] as const;

/** Notices about a change that was not made. */
const REFUSALS = [
  'question_missing',
  'text_refused',
  'changed_meanwhile',
  'not_asked',
  'not_deleted',
  'own_application',
] as const;

/** A sentence about what was done or refused. */
export interface Notice {
  readonly text: string;
  readonly kind: 'success' | 'warning';
}

/** Returns the notice that the query names. */
export function noticeOf({ query }: OperatorRequest, { t }: Pen): Notice | undefined {
  const success = oneOf(SUCCESSES, query.notice);
  const notice = success ?? oneOf(REFUSALS, query.notice);
  return notice && { text: t(`console.notice.${notice}`), kind: success ? 'success' : 'warning' };
}

/** Makes a filter that offers values, or all. */
export function choice<Value extends string>(
  { t }: Pen,
  name: 'state' | 'operator' | 'kind',
  values: readonly Value[],
  chosen: Value | undefined,
  nameOf: (value: Value) => string,
): FilterField {
  const options = values.map((value) => ({
    value,
    name: nameOf(value),
    selected: value === chosen,
  }));
  const all = { value: '', name: t('console.all'), selected: chosen === undefined };
  return {
    name,
    label: t(`console.field.${name}`),
    value: chosen ?? '',
    options: [all, ...options],
  };
}

/** Joins the parts of a line that are not empty. */
export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

export function renderList(request: OperatorRequest, list: List): PageAnswer {
  const pen = penOf(request);
  const { section, rows, count, filters = [], all } = list;
  const number = pageNumber(request.query.page);
  const values = Object.fromEntries(filters.map(({ name, value }) => [name, value]));
  const { path } = request;
  const pageUrl = (page: number) => linkTo(path, { ...values, page: page > 1 ? `${page}` : '' });
  const total = count ?? 0;
  return render('console/list', {
    section,
    path,
    rows,
    filters,
    all,
    // Filters that are set, each with the link that removes it.
    applied: filters
      .filter(({ name, value }) => name !== 'q' && value !== '')
      .map((field) => ({
        text: `${field.label.replace(/ \(.*\)$/, '')}: ${textOf(field)}`,
        href: linkTo(path, { ...values, [field.name]: '' }),
      })),
    title: pen.t(`console.${section}.title`),
    intro: pen.t(`console.${section}.intro`),
    empty: pen.t(emptyText(list)),
    count: count === undefined ? '' : pen.t('console.count', { count }),
    previous: count !== undefined && number > 1 ? pageUrl(number - 1) : list.previous,
    next: number * PER_PAGE < total ? pageUrl(number + 1) : list.next,
    notice: noticeOf(request, pen),
  });
}

/** Chooses what an empty page says: a list that is not counted may go on behind it. */
function emptyText({ section, count, filters = [], previous, next }: List): ConsoleText {
  if (!filters.some(({ value }) => value)) {
    return `console.${section}.empty`;
  }
  if (count === undefined && next) {
    return 'console.empty.searched';
  }
  return count === undefined && previous ? 'console.empty.rest' : 'console.empty';
}

function textOf({ options, value }: FilterField): string {
  return options?.find(({ selected }) => selected)?.name ?? value;
}
