import type { MessageParams, Translate } from '../http/translate.ts';
import { escapeHtml } from '../lib/html.ts';
import type { SiteText } from './texts.ts';

/** A text of the guide as HTML, for `<%~ %>`. */
export type Prose = (key: SiteText, params?: MessageParams) => string;

const MARKS = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/g;

/**
 * The texts of the guide with their two marks: `` `code` `` and `[a link](/to)`. Links lead to this
 * server only. Parameters are filled in first, so they must not be anybody's own words: those go
 * through the view helper `rich`.
 */
export function createProse(t: Translate<SiteText>): Prose {
  return (key, params) => markUp(t(key, params));
}

/** A text of ours with the same marks, as HTML. */
export function markUp(text: string): string {
  return escapeHtml(text).replace(MARKS, mark);
}

function mark(whole: string, code?: string, text?: string, target?: string): string {
  if (code !== undefined) {
    return `<code>${code}</code>`;
  }
  return target !== undefined && /^(#|\/(?!\/))/.test(target)
    ? `<a href="${target}">${text}</a>`
    : whole;
}
