import type { ScopeConfig } from './config.ts';

/** Whether any of `requested` opens organizers, so that the user has to pick at least one. */
export function opensOrganizers(
  scopes: readonly ScopeConfig[],
  requested: readonly string[],
): boolean {
  return scopes.some((scope) => scope.organizers && requested.includes(scope.name));
}
