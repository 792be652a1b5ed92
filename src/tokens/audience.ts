import type { Db } from '../db/database.ts';
import type { AllowedResources } from '../grants/grant.ts';
import { selectResources } from '../resource-servers/resource-store.ts';

/** The API that an access token is for. */
export interface Audience {
  /** Key of the resource. */
  readonly resource: string;
  /** Client ID of the resource server that the resource belonged to at that time. */
  readonly server: string;
}

/** Reason why no access token can be issued for a requested resource. */
export type AudienceProblem = 'several' | 'choice_missing' | 'not_allowed' | 'unknown';

/** Resource that a token request is about; `key` is undefined for a token without an audience. */
export type WantedResource =
  | { readonly key: string | undefined; readonly problem?: undefined }
  | { readonly problem: AudienceProblem };

/**
 * Returns the resource that a token request is about. An access token has one at most, so a request
 * has to choose if the authorization is for several. If it is for one, that is the default.
 * @param allowed resources of the code or refresh token; undefined: none was named
 * @param requested keys
 * @see RFC 8707 §2.2
 */
export function wantedResource(
  allowed: AllowedResources | undefined,
  requested: readonly string[],
): WantedResource {
  const [first] = requested;
  if (requested.length > 1) {
    return { problem: 'several' };
  }
  if (allowed === undefined || first !== undefined) {
    const isAllowed = allowed === undefined || first === undefined || allowed.has(first);
    return isAllowed ? { key: first } : { problem: 'not_allowed' };
  }
  const [only, ...others] = allowed.keys();
  return others.length > 0 ? { problem: 'choice_missing' } : { key: only };
}

/**
 * Returns the audience of an access token for a resource, as resources are registered now. An
 * authorization without resources is good for every API service that accepts tokens without an
 * audience, so a token of it may be for any of these.
 */
export async function findAudience(
  db: Db,
  allowed: AllowedResources | undefined,
  key: string,
): Promise<Audience | AudienceProblem> {
  const [found] = await selectResources(db, [key]);
  if (found === undefined) {
    return 'unknown';
  }
  if (allowed === undefined ? found.requireAudience : allowed.get(key) !== found.clientId) {
    return 'not_allowed';
  }
  return { resource: key, server: found.clientId };
}
