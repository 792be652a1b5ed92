import type { Line } from './command.ts';
import type { Entry, Management, Request } from './management.ts';
import { type Columns, createTable, formatNumber } from './present.ts';
import type { Shell } from './shell.ts';

/** A list, and how it is printed. */
export interface Listing extends Pick<Request, 'path' | 'query' | 'missing'> {
  readonly columns: Columns;
  /** Printed if the list is empty. */
  readonly none: string;
}

/** One page of a list. */
export interface Page {
  readonly count: number;
  readonly entries: readonly Entry[];
  readonly headers: Headers;
}

/** Reads a list page by page, so that it needs little memory. Follows the links to the next page. */
export async function* readPages(
  api: Management,
  { path, query, missing }: Pick<Request, 'path' | 'query' | 'missing'>,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  let wanted = query;
  for (let more = true; more && !signal.aborted; ) {
    const { body, headers } = await api.call({
      method: 'get',
      path,
      ...(wanted === undefined ? {} : { query: wanted }),
      ...(missing === undefined ? {} : { missing }),
    });
    const { count, next, results } = body;
    more = typeof next === 'string';
    if (typeof next === 'string') {
      wanted = Object.fromEntries(new URL(next).searchParams);
    }
    yield { count: Number(count), entries: Array.isArray(results) ? results : [], headers };
  }
}

/** Prints a whole list: as a table, or as one JSON array with one entry per line. */
export async function printList(
  api: Management,
  { shell, options }: Line<object>,
  listing: Listing,
): Promise<void> {
  const { out, signal } = shell;
  const write = options.json ? jsonArray() : createTable(listing.columns);
  const progress = createProgress(shell.onScreen ? { ...shell, progress: false } : shell);
  let written = 0;
  for await (const { count, entries } of readPages(api, listing, signal)) {
    if (entries.length > 0) {
      out(write(entries));
      written += entries.length;
    }
    progress.show(`${formatNumber(written)} of ${formatNumber(count)}`);
  }
  progress.end();
  if (signal.aborted) {
    return;
  }
  if (options.json) {
    // Left out after an error, so that half a list is not valid JSON.
    out(written === 0 ? '[]\n' : '\n]\n');
  } else if (written === 0) {
    out(`${listing.none}\n`);
  }
}

function jsonArray(): (entries: readonly Entry[]) => string {
  let before = '[\n';
  return (entries) =>
    entries
      .map((entry) => {
        const text = `${before}${JSON.stringify(entry)}`;
        before = ',\n';
        return text;
      })
      .join('');
}

/** Shows progress on one line of a terminal. */
export function createProgress({ err, progress }: Pick<Shell, 'err' | 'progress'>) {
  let isShown = false;
  return {
    show: (text: string) => {
      if (progress) {
        isShown = true;
        err(`\r${text}\u001b[K`);
      }
    },
    end: () => {
      if (isShown) {
        err('\r\u001b[K');
      }
    },
  };
}
