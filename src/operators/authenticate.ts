import { timingSafeEqual } from 'node:crypto';
import { hashOf, isWellFormed } from '../credentials.ts';
import type { Db } from '../db/database.ts';
import { BOOTSTRAP, CLI, type Operator, RIGHTS } from './operator.ts';
import { liveTokenByHash, updateLastUsed } from './store.ts';

/** Tokens that are in no database: all rights, as long as the process lives. Unset: there is none. */
export interface ProcessTokens {
  /** The token of the configuration. */
  readonly operatorToken: string | undefined;
  /** The token of the command line on this machine; the log names it `operator:cli`. */
  readonly cliToken?: string | undefined;
}

/**
 * Whose token this is; undefined where it is nobody's, has expired or was revoked. Notes the use,
 * once a minute at most. No query for what can't be a token.
 */
export async function authenticateOperator(
  db: Db,
  { operatorToken, cliToken }: ProcessTokens,
  token: string,
): Promise<Operator | undefined> {
  const hash = hashOf(token);
  const is = (known: string | undefined) =>
    known !== undefined && timingSafeEqual(hash, hashOf(known));
  if (is(operatorToken)) {
    return almighty(BOOTSTRAP);
  }
  if (is(cliToken)) {
    return almighty(CLI);
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

function almighty(name: string): Operator {
  return { id: name, name, actor: `operator:${name}`, rights: RIGHTS, expiresAt: null };
}
