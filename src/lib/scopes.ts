import type { LocalizedText } from './localized-text.ts';

/** A scope and its description for users. */
export interface ScopeConfig {
  readonly name: string;
  /** The sentence that the user reads. */
  readonly text: LocalizedText;
  /** The scope concerns organizers: the user selects at least one. */
  readonly organizers: boolean;
  /** The scope lets an application change data: users get a mail before such access ends unused. */
  readonly writes: boolean;
}

/** Tests if any of `requested` concerns organizers, so that the user has to select at least one. */
export function opensOrganizers(
  scopes: readonly ScopeConfig[],
  requested: readonly string[],
): boolean {
  return scopes.some((scope) => scope.organizers && requested.includes(scope.name));
}

/** Scopes of OpenID Connect that generic clients add to their requests. They give no access here. */
const OPENID_SCOPES: readonly string[] = ['openid', 'offline_access'];

/**
 * Splits a `scope` parameter into its scopes, each once. Ignores surplus blanks and the scopes of
 * OpenID Connect.
 * @see RFC 6749 §3.3
 */
export function splitScope(scope: string): string[] {
  return [...new Set(scope.split(' '))].filter((one) => one !== '' && !OPENID_SCOPES.includes(one));
}
