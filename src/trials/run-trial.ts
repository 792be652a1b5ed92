import type { Config } from '../config/config.ts';
import type { Database } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import type { Organizer } from '../directory/organizer.ts';
import { organizersOf } from '../directory/organizer-store.ts';
import { revokeGrant } from '../grants/revoke.ts';
import type { Origin } from '../lib/actor.ts';
import { opensOrganizers } from '../lib/scopes.ts';
import { type Introspection, introspect, type TokenSettings } from '../tokens/introspect.ts';
import { redeemOwnCode } from '../tokens/redeem.ts';
import { findCode } from '../tokens/store.ts';
import type { IssuedTokens } from '../tokens/token-response.ts';
import { type Trial, trialUri } from './trial.ts';

export interface TrialDeps {
  readonly database: Database;
  readonly config: Config;
  readonly settings: TokenSettings;
  readonly inTransaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
}

/** Results of the steps after the redirect. */
export interface TrialRun {
  readonly tokens: IssuedTokens;
  /** While the authorization was live. */
  readonly live: Introspection;
  /** Organizers that the token opened; undefined if no scope opens any. */
  readonly organizers: readonly Organizer[] | undefined;
  /** After its end. */
  readonly ended: Introspection;
}

/**
 * Does what the application would do with a code: exchanges it, uses the tokens, and ends the
 * authorization. It ends in any case, and nothing keeps the tokens.
 * @returns undefined if the code was refused
 */
export async function runTrial(
  deps: TrialDeps,
  trial: Trial,
  code: string,
  origin: Origin,
): Promise<TrialRun | undefined> {
  const { database, config } = deps;
  const { clientId, userId } = trial;
  const result = await whileLive(deps, trial, code, origin).finally(() =>
    endTrial(deps, trial, code, origin),
  );
  if (result === undefined) {
    return undefined;
  }
  const { tokens, live } = result;
  const open = new Set(live.outcome === 'active' ? live.token.organizers : []);
  return {
    tokens,
    live,
    organizers: opensOrganizers(config.scopes, tokens.scopes)
      ? (await organizersOf(database.db, userId)).filter(({ slug }) => open.has(slug))
      : undefined,
    ended: await look(deps, clientId, tokens),
  };
}

async function whileLive(
  deps: TrialDeps,
  { clientId, userId, verifier }: Trial,
  code: string,
  { ip }: Origin,
): Promise<Pick<TrialRun, 'tokens' | 'live'> | undefined> {
  const redirectUri = trialUri(deps.config.issuer, clientId);
  const own = { clientId, ownerId: userId, code, redirectUri, codeVerifier: verifier };
  const tokens = await redeemOwnCode(deps, own, ip);
  return tokens && { tokens, live: await look(deps, clientId, tokens) };
}

/** Introspects the access token as its application may. */
function look(deps: TrialDeps, clientId: string, { accessToken }: IssuedTokens) {
  return introspect({ ...deps, recordSecretUse: () => {} }, { clientId }, accessToken);
}

/**
 * Ends the authorization that a code of a trial is for. Any other code is left alone.
 * @param of the owner, who also allowed the access
 */
export async function endTrial(
  { config, inTransaction }: Pick<TrialDeps, 'config' | 'inTransaction'>,
  { clientId, userId }: Pick<Trial, 'clientId' | 'userId'>,
  code: string,
  origin: Origin,
): Promise<void> {
  await inTransaction(async (tx) => {
    const found = await findCode(tx, code);
    if (
      found?.clientId === clientId &&
      found.userId === userId &&
      found.redirectUri === trialUri(config.issuer, clientId)
    ) {
      const actor = `user:${userId}` as const;
      await revokeGrant(tx, found.grantId, { reason: 'revoked_by_user', actor, origin });
    }
  });
}
