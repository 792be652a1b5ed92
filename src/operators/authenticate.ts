import { timingSafeEqual } from 'node:crypto';
import { hashOf, isWellFormed } from '../credentials.ts';
import type { Db } from '../db/database.ts';
import { BOOTSTRAP, type Operator, RIGHTS } from './operator.ts';
import { liveTokenByHash, updateLastUsed } from './store.ts';

/** The token of the configuration: all rights, for ever. */
const BOOTSTRAP_OPERATOR: Operator = {
  id: BOOTSTRAP,
  name: BOOTSTRAP,
  actor: `operator:${BOOTSTRAP}`,
  rights: RIGHTS,
  expiresAt: null,
};

/**
 * Whose token this is; undefined where it is nobody's, has expired or was revoked. Notes the use,
 * once a minute at most. No query for what can't be a token.
 * @param bootstrapToken the token of the configuration; unset: there is none
 */
export async function authenticateOperator(
  db: Db,
  bootstrapToken: string | undefined,
  token: string,
): Promise<Operator | undefined> {
  const hash = hashOf(token);
  if (bootstrapToken !== undefined && timingSafeEqual(hash, hashOf(bootstrapToken))) {
    return BOOTSTRAP_OPERATOR;
  }
  const known = isWellFormed('sdo', token) ? await liveTokenByHash(db, hash) : undefined;
  if (known === undefined) {
    return undefined;
  }
  const { id, name, rights, expiresAt } = known.token;
  if (known.unnoted) {
    await updateLastUsed(db, id);
  }
  return { id, name, actor: `operator:${name}`, rights, expiresAt };
}
