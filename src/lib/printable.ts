/** Control characters and lone surrogates: PostgreSQL can't store some, and no page should show them. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** Whether `value` holds a control character or a lone surrogate. */
export function isUnprintable(value: string): boolean {
  return UNPRINTABLE.test(value);
}

/** `value` as an error message repeats it: quoted, escaped and not too long. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value);
}
