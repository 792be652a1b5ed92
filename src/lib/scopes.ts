import type { LocalizedText } from './localized-text.ts';

/** A scope, and what users are told of it. */
export interface ScopeConfig {
  readonly name: string;
  /** The sentence that the user reads. */
  readonly text: LocalizedText;
  /** Whether it opens organizers, so that at least one has to be picked. */
  readonly organizers: boolean;
  /** Whether it lets an application change something: users are told before such access ends unused. */
  readonly writes: boolean;
}

/** Whether any of `requested` opens organizers, so that the user has to pick at least one. */
export function opensOrganizers(
  scopes: readonly ScopeConfig[],
  requested: readonly string[],
): boolean {
  return scopes.some((scope) => scope.organizers && requested.includes(scope.name));
}
