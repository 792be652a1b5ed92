import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Counted, Part, Position, Slice } from '../db/slice.ts';
import { linkTo } from './link-to.ts';

/** Request for a page of a list. */
export interface PageRequest {
  readonly path: string;
  /** Filters and order, without `page` and `cursor`. */
  readonly query: URLSearchParams;
  /** From 1. */
  readonly page: number;
  /** Position of the page, as `pageLinks` writes it. */
  readonly cursor: unknown;
}

/** Reads the request for a page of a list in HTML; an invalid number is the first page. */
export function pageRequest(
  path: string,
  filters: Readonly<Record<string, string | undefined>>,
  { page, cursor }: { readonly page?: unknown; readonly cursor?: unknown },
): PageRequest {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value) {
      query.set(name, value);
    }
  }
  return { path, query, page: pageNumber(page), cursor };
}

/** Milliseconds for which the number of entries of a list is carried from page to page. */
const COUNT_LIFETIME = 600_000;

/** Number of entries, and when they were counted. */
const counted = z.object({ count: z.int().min(0), at: z.int() });
/** Mark of the page, side and values of its position, number of entries. */
const content = z.tuple([z.string(), z.enum(['before', 'after'])], z.union([z.string(), counted]));

/**
 * Returns the slice that a page shows. A cursor that was made for another page, filter or order, or
 * cannot be read, is ignored: then the number of the page decides.
 */
export function sliceOfPage(request: PageRequest, limit: number): Slice {
  return { limit, offset: (request.page - 1) * limit, ...readCursor(request) };
}

function readCursor({ cursor, ...target }: PageRequest): Pick<Slice, 'position' | 'counted'> {
  const [mark, side, ...rest] = content.safeParse(decode(cursor)).data ?? [];
  if (side === undefined || mark !== markOf(target)) {
    return {};
  }
  const values = rest.filter((one) => typeof one === 'string');
  const number = rest.find((one) => typeof one === 'object');
  const age = Date.now() - (number?.at ?? 0);
  const isRecent = age >= 0 && age < COUNT_LIFETIME;
  return { position: { side, values }, counted: isRecent ? number : undefined };
}

function decode(cursor: unknown): unknown {
  try {
    return JSON.parse(Buffer.from(z.string().parse(cursor), 'base64url').toString());
  } catch {
    return undefined;
  }
}

/**
 * Returns the URLs, relative to the server, of the pages beside a page.
 * @param number of entries, which the links carry
 */
export function pageLinks(
  request: PageRequest,
  { next, previous }: Pick<Part<unknown>, 'next' | 'previous'>,
  number?: Counted,
): { readonly next: string | undefined; readonly previous: string | undefined } {
  const { path, query, page } = request;
  return {
    next: next === false ? undefined : linkToPage({ path, query, page: page + 1 }, next, number),
    previous:
      previous === false || page === 1
        ? undefined
        : linkToPage({ path, query, page: page - 1 }, previous, number),
  };
}

type Target = Omit<PageRequest, 'cursor'>;

function linkToPage(target: Target, position: Position | true, number?: Counted): string {
  const { path, query, page } = target;
  if (page === 1) {
    return linkTo(path, Object.fromEntries(query));
  }
  const cursor =
    position === true
      ? undefined
      : Buffer.from(
          JSON.stringify([
            markOf(target),
            position.side,
            ...position.values,
            ...(number === undefined ? [] : [number]),
          ]),
        ).toString('base64url');
  return linkTo(path, { ...Object.fromEntries(query), page: String(page), cursor });
}

function markOf({ path, query, page }: Target): string {
  const hash = createHash('sha256').update(JSON.stringify([path, String(query), page]));
  return hash.digest('base64url').slice(0, 12);
}

/** The page of a list that a query parameter names, from 1; anything else than that is the first. */
export function pageNumber(value: unknown): number {
  return typeof value === 'string' && /^[1-9]\d{0,3}$/.test(value) ? Number(value) : 1;
}
