import { lazy } from './lazy.ts';

/** Code units of the longest emoji, and a few accents more: a character may have thousands. */
const LONGEST_CHARACTER = 20;
const SEGMENTS = lazy(() => new Intl.Segmenter());

/**
 * Cuts a text to a number of characters as readers count them: an emoji of several code points is
 * one. A text that was cut ends with `…`. It keeps at most 20 code units per character, on average.
 */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) {
    return text;
  }
  const start = text.slice(0, limit * LONGEST_CHARACTER);
  let kept = 0;
  for (const { index } of SEGMENTS().segment(start)) {
    if (kept === limit) {
      return `${text.slice(0, index).trimEnd()}…`;
    }
    kept += 1;
  }
  // Without half of a surrogate pair.
  return start === text ? text : `${start.replace(/[\ud800-\udbff]$/, '').trimEnd()}…`;
}
