import { timingSafeEqual } from 'node:crypto';
import { type Operator, type OperatorAccess, RIGHTS } from '../api/operator.ts';
import type { RecordAuthenticationFailure } from '../audit/authentication-failure.ts';
import type { Db } from '../db/database.ts';
import { hashOf, isWellFormed } from '../lib/credentials.ts';
import type { CallLog } from './call-log.ts';
import { BOOTSTRAP, CLI } from './operator.ts';
import { recordCall } from './record-call.ts';
import { requireLiveToken } from './require-live-token.ts';
import { liveTokenByHash, updateLastUsed } from './store.ts';

/** Dependencies of `operatorAccess`. */
export interface OperatorAccessDeps {
  readonly db: Db;
  readonly tokens: ProcessTokens;
  readonly calls: CallLog;
  /** Absent if the API serves its own process only. */
  readonly recordFailure?: RecordAuthenticationFailure;
}

/** Gives the management API its operators: their tokens and the log of their calls. */
export function operatorAccess(deps: OperatorAccessDeps): OperatorAccess {
  const { db, tokens, calls, recordFailure } = deps;
  return {
    authenticate: async (token, ip) => {
      const operator = await authenticateOperator(db, tokens, token);
      if (operator === undefined) {
        const secretHash = hashOf(token);
        recordFailure?.({ endpoint: 'management', clientId: undefined, secretHash, ip });
      }
      return operator;
    },
    requireLiveToken,
    recordCall,
    countCall: calls.note,
  };
}

/** Tokens with all rights that are stored in no database and end with the process. */
export interface ProcessTokens {
  /** The token of the configuration. */
  readonly operatorToken: string | undefined;
  /** The token of the command line on this machine; the log names it `operator:cli`. */
  readonly cliToken?: string | undefined;
}

/**
 * Returns the operator with this token; undefined if the token is unknown, expired or revoked.
 * Records its use, at most once a minute. A malformed token costs no query.
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
    return withAllRights(BOOTSTRAP);
  }
  if (is(cliToken)) {
    return withAllRights(CLI);
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

function withAllRights(name: string): Operator {
  return { id: name, name, actor: `operator:${name}`, rights: RIGHTS, expiresAt: null };
}
