import type { RecordSecretUse } from '../client-secrets/store.ts';
import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import { grantHandle } from '../grants/grant-handle.ts';
import { isClientId } from '../lib/client-id.ts';
import { hashOf, isWellFormed } from '../lib/credentials.ts';
import {
  type LiveTokenRow,
  selectForCaller,
  selectLiveAccessToken,
} from './introspection-store.ts';
import { unitePermissions } from './permissions.ts';

/** Access of a live token at this moment. Times are seconds since 1970. */
export type LiveToken = NonNullable<ReturnType<typeof toLiveToken>>;

/** The client that asks. Without a secret, it is an application that is authenticated already. */
export interface Caller {
  readonly clientId: string;
  readonly clientSecret?: string;
}

/** Result of an introspection. */
export type Introspection =
  | { readonly outcome: 'unauthenticated' }
  | { readonly outcome: 'inactive' }
  | {
      readonly outcome: 'active';
      readonly kind: 'access_token' | 'refresh_token';
      readonly token: LiveToken;
    };

/** Settings that the access of a token depends on. */
export interface TokenSettings {
  /** The names of the scopes that this server has. A scope that was removed from it opens nothing. */
  readonly scopes: ReadonlySet<string>;
  readonly organizerPermissions: ReadonlySet<string>;
}

/** Takes the settings of tokens out of the configuration. */
export function tokenSettings({
  scopes,
  organizerPermissions,
}: Pick<Config, 'scopes' | 'organizerPermissions'>): TokenSettings {
  return { scopes: new Set(scopes.map(({ name }) => name)), organizerPermissions };
}

/**
 * Introspects a token for an authenticated caller. A resource server may ask about any access
 * token that is meant for it, an application about its own tokens; every other token is inactive.
 * @see RFC 7662 §2, RFC 8707
 */
export async function introspect(
  {
    database,
    recordSecretUse,
    settings,
  }: { database: Database; recordSecretUse: RecordSecretUse; settings: TokenSettings },
  caller: Caller,
  token: string,
): Promise<Introspection> {
  // Anything else never reaches SQL, which fails on NUL.
  if (!isClientId(caller.clientId)) {
    return { outcome: 'unauthenticated' };
  }
  const kind = isWellFormed('sdr', token) ? 'refresh_token' : 'access_token';
  const secretHash = caller.clientSecret === undefined ? undefined : hashOf(caller.clientSecret);
  const row = await selectForCaller(
    database,
    { clientId: caller.clientId, secretHash },
    { kind, hash: hashOf(token) },
  );
  if (row === undefined) {
    return { outcome: 'unauthenticated' };
  }
  if (row.kind === 'resource_server' && secretHash !== undefined) {
    recordSecretUse(secretHash);
  }
  const live = row.scope === null ? undefined : toLiveToken(row, settings);
  return live === undefined ? { outcome: 'inactive' } : { outcome: 'active', kind, token: live };
}

/**
 * Returns the access of a bearer token; undefined if it is not live. A malformed token costs no
 * query.
 */
export async function findLiveAccessToken(
  database: Database,
  settings: TokenSettings,
  token: string,
): Promise<LiveToken | undefined> {
  if (!isWellFormed('sda', token)) {
    return undefined;
  }
  const row = await selectLiveAccessToken(database, hashOf(token));
  return row && toLiveToken(row, settings);
}

/** Returns undefined if all scopes of the token were removed from the server. */
function toLiveToken(row: LiveTokenRow, settings: TokenSettings) {
  const scopes = row.scope.split(' ').filter((scope) => settings.scopes.has(scope));
  if (scopes.length === 0) {
    return undefined;
  }
  const { permissions, eventPermissions } = unitePermissions(
    row.teams ?? [],
    settings.organizerPermissions,
  );
  return {
    scope: scopes.join(' '),
    clientId: row.client_id,
    userId: row.user_id,
    iat: Math.floor(row.iat),
    exp: Math.floor(row.exp),
    /** Seconds until the token ends, by the clock of the database. */
    expiresIn: Math.floor(row.expires_in),
    /** URI of the only resource that it is for; undefined: it is for no particular one. */
    audience: row.aud ?? undefined,
    /** Handle of its grant. */
    grant: grantHandle(row.grant_id),
    /** Thumbprint (RFC 7638) of the key that it is bound to; undefined: a bearer token. */
    jkt: row.jkt ?? undefined,
    /** Slugs in ascending order: the grant's organizers of which the user is a member now. */
    organizers: [...permissions.keys()].toSorted(),
    permissions,
    eventPermissions,
  };
}
