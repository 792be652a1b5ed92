import { StagedoorError } from '../errors.ts';

/** Entries a page. */
const PAGE_SIZE = 50;

/** What a store is asked for. */
export interface Slice {
  readonly limit: number;
  readonly offset: number;
}

/** What a store answers: the entries of the slice, and how many there are in all. */
export interface Sliced<T> {
  readonly count: number;
  readonly entries: readonly T[];
}

/** A list as the API answers it. */
export interface Page<T> {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly T[];
}

/**
 * One page of a list. The links are made from the public URL, never from the Host header.
 * @param issuer public URL of this server
 * @param url path and query of the request
 * @throws StagedoorError `not_found` where there is no such page
 */
export async function listPage<T, P>(
  issuer: string,
  url: string,
  load: (slice: Slice) => Promise<Sliced<T>>,
  present: (entry: T) => P,
): Promise<Page<P>> {
  const [path = '', query = ''] = url.split('?', 2);
  const search = new URLSearchParams(query);
  const page = pageNumber(search.getAll('page').at(-1) ?? '1');
  const offset = (page - 1) * PAGE_SIZE;
  const { count, entries } = await load({ limit: PAGE_SIZE, offset });
  if (page > 1 && offset >= count) {
    throw invalidPage();
  }
  const link = (to: number) => {
    const others = new URLSearchParams(search);
    others.delete('page');
    if (to > 1) {
      others.set('page', String(to));
    }
    return others.size === 0 ? `${issuer}${path}` : `${issuer}${path}?${others}`;
  };
  return {
    count,
    next: offset + PAGE_SIZE < count ? link(page + 1) : null,
    previous: page > 1 ? link(page - 1) : null,
    results: entries.map(present),
  };
}

function pageNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) {
    throw invalidPage();
  }
  return Number(text);
}

function invalidPage(): StagedoorError {
  return new StagedoorError('not_found', 'Invalid page.');
}
