import { visibleLine } from './visible-text.ts';

/** Longest search text, in characters. */
const LIMIT = 100;

/** A search text, as it is shown again, and its words. */
export interface Search {
  readonly text: string;
  readonly words: readonly string[];
}

/** Reads a search text from a query parameter; it is empty if the parameter is no text. */
export function readSearch(value: unknown): Search {
  const text = typeof value === 'string' ? visibleLine(value.slice(0, LIMIT)) : '';
  return { text, words: plain(text).split(/\s+/) };
}

/** Tests if texts have all words of a search, in any order and without case and accents. */
export function matches({ words }: Search, texts: readonly (string | null | undefined)[]): boolean {
  const searched = plain(texts.join(' '));
  return words.every((word) => searched.includes(word));
}

/** Removes case and accents, as `views/assets/rows.js` does. */
function plain(text: string): string {
  return text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').trim();
}
