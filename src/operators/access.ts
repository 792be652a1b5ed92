import type { OperatorAccess } from '../api/operator.ts';
import type { RecordAuthenticationFailure } from '../audit/authentication-failure.ts';
import type { Db } from '../db/database.ts';
import { hashOf } from '../lib/credentials.ts';
import { authenticateOperator, type ProcessTokens } from './authenticate.ts';
import type { CallLog } from './call-log.ts';
import { recordCall } from './record-call.ts';
import { requireLiveToken } from './require-live-token.ts';

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
