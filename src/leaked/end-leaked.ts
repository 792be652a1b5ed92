import { endLeakedSecret } from '../applications/secrets.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { revokeGrant } from '../grants/revoke.ts';
import { type CredentialPrefix, hashOf, isWellFormed } from '../lib/credentials.ts';
import type { Logger } from '../lib/log.ts';
import { revokeLeakedToken } from '../operators/revoke.ts';
import { endLeakedServerSecret } from '../resource-servers/secrets.ts';
import {
  type LiveSecret,
  selectGrantsOfAccessTokens,
  selectGrantsOfRefreshTokens,
  selectLiveOperatorTokens,
  selectLiveSecrets,
} from './leaked-store.ts';

/** Dependencies of ending leaked credentials. */
export interface LeakedDeps {
  readonly db: Db;
  readonly log: Logger;
  /** The token of the configuration, which only the operator can replace. */
  readonly operatorToken: string | undefined;
}

const PREFIXES: readonly CredentialPrefix[] = ['sda', 'sdr', 'sds', 'sdo'];

/** Credentials that can be ours: by prefix and checksum, without a query. */
export type Candidates = ReadonlyMap<CredentialPrefix, readonly Uint8Array[]>;

/** Picks the hashes of well-formed credentials, by prefix. */
export function pickCandidates(values: readonly string[]): Candidates {
  const distinct = [...new Set(values)];
  return new Map(
    PREFIXES.map((prefix) => {
      const own = distinct.filter((value) => isWellFormed(prefix, value));
      return [prefix, own.map(hashOf)] as const;
    }).filter(([, hashes]) => hashes.length > 0),
  );
}

/**
 * Ends those of the credentials that work: the grants of tokens with all of their tokens, client
 * secrets, and operator tokens with those that were made with them. Each ends in a transaction with
 * its log entry and mail. One query per kind finds them.
 */
export async function endLeaked(deps: LeakedDeps, candidates: Candidates): Promise<void> {
  const { db, log } = deps;
  const find = <T>(
    prefix: CredentialPrefix,
    select: (db: Db, hashes: readonly Uint8Array[]) => Promise<T[]>,
  ): Promise<T[]> | T[] => {
    const hashes = candidates.get(prefix);
    return hashes === undefined ? [] : select(db, hashes);
  };
  const grants = new Set([
    ...(await find('sda', selectGrantsOfAccessTokens)),
    ...(await find('sdr', selectGrantsOfRefreshTokens)),
  ]);
  const secrets = await find('sds', selectLiveSecrets);
  const tokens = await find('sdo', selectLiveOperatorTokens);
  for (const id of grants) {
    await inTransaction(db, (tx) => revokeGrant(tx, id, { reason: 'leaked', actor: 'system' }));
  }
  for (const secret of secrets) {
    await endSecret(deps, secret);
  }
  for (const id of tokens) {
    const name = await inTransaction(db, (tx) => revokeLeakedToken(tx, id));
    if (name !== undefined) {
      log.warn({ operator_token: id, name }, 'Leaked operator token revoked');
    }
  }
  warnOfConfiguredToken(deps, candidates);
  if (grants.size + secrets.length > 0) {
    log.warn({ grants: grants.size, secrets: secrets.length }, 'Leaked credentials ended');
  }
}

async function endSecret({ db, log }: LeakedDeps, secret: LiveSecret): Promise<void> {
  const { id, clientId } = secret;
  if (secret.owner === 'application') {
    await inTransaction(db, (tx) => endLeakedSecret(tx, clientId, id));
  } else if (await inTransaction(db, (tx) => endLeakedServerSecret(tx, clientId, id))) {
    log.warn({ client_id: clientId, secret: id }, 'Leaked secret of a resource server deleted');
  }
}

function warnOfConfiguredToken({ log, operatorToken }: LeakedDeps, candidates: Candidates): void {
  const hash = operatorToken === undefined ? undefined : hashOf(operatorToken);
  if (hash !== undefined && candidates.get('sdo')?.some((one) => hash.equals(one))) {
    log.error('Leaked OPERATOR_TOKEN still works; replace it and restart the server');
  }
}
