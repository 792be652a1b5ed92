/** Control characters and lone surrogates: PostgreSQL can't store some, and no page should show them. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const UNPRINTABLES = /[\p{Cc}\p{Cs}]/gu;
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/;
const UNPRINTABLE_IN_LINES = /[^\P{Cc}\n\t]|\p{Cs}/u;

/** Checks for a control character or a lone surrogate. */
export function isUnprintable(value: string): boolean {
  return UNPRINTABLE.test(value);
}

/** Checks a text of several lines, which may have line feeds and tabs. */
export function isUnprintableInLines(value: string): boolean {
  return UNPRINTABLE_IN_LINES.test(value);
}

/** Checks for a character that turns the reading direction of what follows it. */
export function turnsDirection(value: string): boolean {
  return BIDI_CONTROLS.test(value);
}

/** Removes control characters and lone surrogates. */
export function withoutUnprintable(value: string): string {
  return value.replace(UNPRINTABLES, '');
}

/** Quotes, escapes and shortens `value` for an error message. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}
