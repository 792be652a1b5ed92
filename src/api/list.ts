import { z } from 'zod';
import type { Slice, Sliced } from '../db/slice.ts';
import { pageLinks, sliceOfPage } from '../http/page-links.ts';
import { StagedoorError } from '../lib/errors.ts';
import { type Component, component } from './endpoint.ts';

/** Entries a page. */
const PAGE_SIZE = 50;

/** A list as the API answers it. */
export interface Page<T> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: T[];
}

/** The same as the description names it. */
export function pageComponent(entry: Component): Component {
  const { name, schema, example } = entry;
  const link = z.string().meta({ format: 'uri' }).nullable();
  const page = component(
    `${name}List`,
    z.object({
      count: z
        .int()
        .min(0)
        .describe(
          'Number of entries on all pages. At a URL from `next` or `previous` it may be up to ten minutes old.',
        ),
      next: link.describe('URL of the next page; null on the last page.'),
      previous: link.describe('URL of the previous page; null on the first page.'),
      results: z.array(schema).max(PAGE_SIZE),
    }),
    { count: 1, next: null, previous: null, results: [example] },
  );
  return { ...page, entry };
}

/** Number of a page. If the list has no such page, the answer is 404. */
const pageParameter = z
  .string()
  .regex(/^[1-9][0-9]{0,8}$/)
  .transform(Number)
  .default(1)
  // A query contains a number as text.
  .meta({
    type: 'integer',
    minimum: 1,
    maximum: 999_999_999,
    pattern: undefined,
    description: `Which page; each has ${PAGE_SIZE} entries.`,
  });

/** Query parameters of every list. */
export const pageParameters = {
  page: pageParameter,
  cursor: z
    .string()
    .optional()
    .describe(
      'Position of the page, from `next` and `previous`: such a page is as fast as the first, and following `next` neither repeats nor skips entries while others are added and deleted. Ignored if it does not fit the other parameters.',
    ),
};

/** Path and query of a request. */
export interface RequestUrl {
  readonly path: string;
  /** Without the question mark. */
  readonly querystring: string;
}

/**
 * One page of a list. The links are made from the public URL, never from the Host header.
 * @param issuer public URL of this server
 * @throws StagedoorError `not_found` where there is no such page
 */
export async function listPage<T, P>(
  issuer: string,
  { path, querystring }: RequestUrl,
  load: (slice: Slice) => Promise<Sliced<T>>,
  present: (entry: T) => P,
): Promise<Page<P>> {
  const query = new URLSearchParams(querystring);
  const page = pageNumber(query.getAll('page').at(-1));
  const cursor = query.getAll('cursor').at(-1);
  query.delete('page');
  query.delete('cursor');
  const request = { path, query, page, cursor };
  const slice = sliceOfPage(request, PAGE_SIZE);
  const { count, entries, ...beside } = await load(slice);
  if (page > 1 && slice.position === undefined && slice.offset >= count) {
    throw invalidPage();
  }
  // A number that was not counted again keeps its age.
  const counted = slice.counted?.count === count ? slice.counted : { count, at: Date.now() };
  const { next, previous } = pageLinks(request, beside, counted);
  return {
    count,
    next: next === undefined ? null : `${issuer}${next}`,
    previous: previous === undefined ? null : `${issuer}${previous}`,
    results: entries.map(present),
  };
}

function pageNumber(given: string | undefined): number {
  const parsed = pageParameter.safeParse(given);
  if (!parsed.success) {
    throw invalidPage();
  }
  return parsed.data;
}

function invalidPage(): StagedoorError {
  return new StagedoorError('not_found', 'Invalid page.');
}
