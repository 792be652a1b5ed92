import type { LocalizedText } from '../lib/localized-text.ts';

/** A tenant of the platform. */
export interface Organizer {
  readonly slug: string;
  readonly name: LocalizedText;
}

const SLUG = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Tests if `value` may be the slug of an organizer. */
export function isSlug(value: string): boolean {
  return SLUG.test(value);
}
