import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const GUIDE = new URL('../../../views/docs/en/guide.md', import.meta.url);

/** Returns the code blocks of a page of the guide by their ids, as a reader would copy them. */
export function readCode(html: string): Map<string, string> {
  const blocks = [...html.matchAll(/<code id="([\w-]+)">([\s\S]*?)<\/code>/g)];
  assert.ok(blocks.length > 0, 'the page has code');
  return new Map(
    blocks.map(([, id = '', code = '']) => [id, unescapeHtml(code.replace(/<[^>]*>/g, ''))]),
  );
}

/** Returns the error codes of each table, from top to bottom of the page, sorted. */
export function readErrors(html: string): string[][] {
  const tables = html.match(/<table class="stacked errors"[\s\S]*?<\/table>/g) ?? [];
  return tables.map((table) =>
    [...table.matchAll(/scope="row"><code>(\w+)<\/code>/g)].map(([, code = '']) => code).sort(),
  );
}

function unescapeHtml(text: string): string {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(x?[\da-f]+)|(\w+));/gi, (whole, number, name) =>
    number === undefined
      ? (names[name] ?? whole)
      : String.fromCodePoint(Number(number.replace(/^x/, '0x'))),
  );
}

/** Returns the text of the guide for a condition, up to its first link. */
export function readIf(condition: string): string {
  const text = new RegExp(`<!-- if ${condition} -->\\n([^\\[\\n]{10,})`).exec(
    readFileSync(GUIDE, 'utf8'),
  );
  assert.ok(text?.[1] !== undefined, condition);
  return text[1];
}
