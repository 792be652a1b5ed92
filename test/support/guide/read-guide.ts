import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const GUIDE = new URL('../../../views/docs/en/guide.md', import.meta.url);

/** The code blocks of a page of the guide by their ids, as a reader would copy them. */
export function readCode(html: string): Map<string, string> {
  const blocks = [...html.matchAll(/<code id="([\w-]+)">([^<]*)<\/code>/g)];
  assert.ok(blocks.length > 0, 'the page has code');
  return new Map(blocks.map(([, id = '', code = '']) => [id, unescapeHtml(code)]));
}

/** The codes in each table of errors, from the top of the page to its end, sorted. */
export function readErrors(html: string): string[][] {
  const tables = html.match(/<table class="stacked errors"[\s\S]*?<\/table>/g) ?? [];
  return tables.map((table) =>
    [...table.matchAll(/scope="row"><code>(\w+)<\/code>/g)].map(([, code = '']) => code).sort(),
  );
}

function unescapeHtml(text: string): string {
  const names: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, number, name) =>
    number === undefined ? (names[name] ?? whole) : String.fromCodePoint(Number(number)),
  );
}

/** Returns the text that the guide has only under a condition, up to its first link. */
export function readIf(condition: string): string {
  const text = new RegExp(`<!-- if ${condition} -->\\n([^\\[\\n]{10,})`).exec(
    readFileSync(GUIDE, 'utf8'),
  );
  assert.ok(text?.[1] !== undefined, condition);
  return text[1];
}
