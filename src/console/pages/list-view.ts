import { type PageAnswer, render } from '../../http/page.ts';
import { pageNumber } from '../../http/page-number.ts';
import { type Translate, translator } from '../../http/translate.ts';
import { view } from '../../http/view.ts';
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
] as const;
/** One of `SECTIONS`. */
export type Section = (typeof SECTIONS)[number];

/** Rows of a page of a list. */
export const PER_PAGE = 25;

/** A short word about a row, with its color. */
export interface Chip {
  readonly text: string;
  readonly kind: '' | 'active' | 'reviewed' | 'disabled' | 'suspended';
}

/** A row of a list. Texts may come from anybody: they are one visible line. */
export interface Row {
  readonly title: string;
  readonly href?: string | undefined;
  readonly meta: readonly string[];
  readonly chips?: readonly Chip[];
  readonly facts?: readonly (readonly [label: string, value: string])[];
  /** A link, or a button that posts to `post`. */
  readonly action?: { readonly label: string; readonly href?: string; readonly post?: string };
}

/** A field of a filter. */
export interface FilterField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options?: readonly { readonly value: string; readonly text: string }[];
}

interface ListProps {
  readonly section: Section;
  readonly title: string;
  readonly intro: string;
  readonly rows: readonly Row[];
  readonly count: string;
  readonly filters: readonly FilterField[];
  readonly empty: string;
  readonly previous: string | undefined;
  readonly next: string | undefined;
  readonly notice: string | undefined;
  /** A button above the list. */
  readonly all: { readonly label: string; readonly post: string } | undefined;
}

const listView = view<ListProps>('console/list');

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
const NOTICES = [
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
  'question_missing',
  'text_refused',
  'changed_meanwhile',
] as const;

/** Returns the notice that the query names, as a sentence. */
export function noticeOf({ query }: OperatorRequest, { t }: Pen): string | undefined {
  const notice = NOTICES.find((one) => one === query.notice);
  return notice && t(`console.notice.${notice}`);
}

/** Answers with a list. */
export function renderList(
  request: OperatorRequest,
  list: Pick<ListProps, 'section' | 'rows'> & {
    readonly count: number;
    readonly filters?: readonly FilterField[];
    readonly all?: ListProps['all'];
  },
): PageAnswer {
  const pen = penOf(request);
  const { section, rows, count, filters = [], all } = list;
  const number = pageNumber(request.query.page);
  return render(listView, {
    section,
    rows,
    filters,
    all,
    title: pen.t(`console.${section}.title`),
    intro: pen.t(`console.${section}.intro`),
    empty: pen.t(filters.some(({ value }) => value) ? 'console.empty' : `console.${section}.empty`),
    count: pen.t('console.count', { count }),
    previous: number > 1 ? pageUrl(request, number - 1) : undefined,
    next: number * PER_PAGE < count ? pageUrl(request, number + 1) : undefined,
    notice: noticeOf(request, pen),
  });
}

function pageUrl({ path, query }: OperatorRequest, page: number): string {
  const params = Object.entries(query).filter(([name]) => !['page', 'notice'].includes(name));
  const search = new URLSearchParams();
  for (const [name, value] of params) {
    search.append(name, String(value));
  }
  search.append('page', String(page));
  return `${path}?${search}`;
}
