import { lazy } from './lazy.ts';

const SEGMENTS = lazy(() => new Intl.Segmenter());

/**
 * Cuts a text to a number of characters as readers count them: an emoji of several code points is
 * one. A text that was cut ends with `…`.
 */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) {
    return text;
  }
  let kept = 0;
  for (const { index } of SEGMENTS().segment(text)) {
    if (kept === limit) {
      return `${text.slice(0, index).trimEnd()}…`;
    }
    kept += 1;
  }
  return text;
}
