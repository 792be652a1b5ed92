import { ownValue } from '../lib/own-value.ts';
import { oneLine } from '../mail/mail-text.ts';
import type { Entry } from './management.ts';

/** A field to show, or a function that presents it. */
type Value = string | ((entry: Entry) => string);

/** Columns of a table or lines about an object, by title. */
export type Columns = Readonly<Record<string, Value>>;

/** Longest text of a table cell, in characters; `show` and `--json` print all of it. */
const CELL_LIMIT = 80;
const FACT_LIMIT = 2000;

/**
 * Writes a table page by page. Columns are as wide as the widest cell so far, because later cells
 * are not known yet.
 */
export function createTable(shown: Columns): (entries: readonly Entry[]) => string {
  const columns = Object.entries(shown);
  const widths = columns.map(([head]) => head.length);
  let begun = false;
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()}\n`;
  return (entries) => {
    const rows = entries.map((entry) =>
      columns.map((column) => cellOf(entry, column[1], CELL_LIMIT)),
    );
    for (const [column, width] of widths.entries()) {
      widths[column] = Math.max(width, ...rows.map((row) => row[column]?.length ?? 0));
    }
    const head = begun ? [] : [columns.map(([name]) => name)];
    begun = true;
    return [...head, ...rows].map(line).join('');
  };
}

/** Presents one object, one line per fact. */
export function presentFacts(shown: Columns, entry: Entry): string {
  const facts = Object.entries(shown);
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts
    .flatMap(([label, value]) => {
      const found = typeof value === 'string' ? ownValue(entry, value) : undefined;
      // Several values are easier to read below each other.
      const cells =
        Array.isArray(found) && found.length > 1
          ? found.map((one) => toText(one, FACT_LIMIT))
          : [cellOf(entry, value, FACT_LIMIT)];
      return cells.map((cell, index) => `${(index === 0 ? label : '').padEnd(width)}  ${cell}\n`);
    })
    .join('');
}

function cellOf(entry: Entry, value: Value, limit: number): string {
  return typeof value === 'string'
    ? toText(ownValue(entry, value), limit)
    : oneLine(value(entry), limit);
}

/** Presents a value on one line, without control characters. */
function toText(value: unknown, limit: number): string {
  if (value === null || value === undefined || value === '') {
    return '-';
  }
  if (typeof value === 'boolean') {
    return value ? 'yes' : 'no';
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? '-' : oneLine(value.join(' '), limit);
  }
  return oneLine(typeof value === 'object' ? JSON.stringify(value) : String(value), limit);
}

/** Presents a list on one line. */
export function listed(value: unknown): string {
  return Array.isArray(value) ? value.join(' ') : '-';
}

/** Presents an expiry; null is never. */
export function expiryOf({ expires_at }: Entry): string {
  return expires_at === null ? 'never' : String(expires_at);
}

/** Presents a text that may have several languages. */
export function localized(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([language, text]) => `${text} (${language})`)
        .join(', ')
    : String(value ?? '-');
}

/** Presents a number with separators: `120,000`. */
export function formatNumber(value: unknown): string {
  return Number(value).toLocaleString('en');
}
