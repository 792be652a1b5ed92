import { mayDo, type Operator } from '../api/operator.ts';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../lib/errors.ts';
import { missingRights, type OperatorToken } from './operator.ts';
import { requireLiveToken } from './require-live-token.ts';
import { deleteTokens, lockTokenTree, selectTokenTree, updateParent } from './store.ts';

/** The token that revokes. */
export type TokenRevoker = Pick<Operator, 'id' | 'actor' | 'rights'>;

/** Which token ends, and what happens to the tokens that were made with it. */
export interface Revocation {
  readonly id: string;
  /** They live on and belong to the token that made the revoked one. */
  readonly keepChildren?: boolean | undefined;
}

/**
 * Revokes an operator token and, unless they are kept, all that were made with it, directly or not:
 * their next calls are refused, and changes under way are not committed. Each gets a log entry. A
 * token may revoke itself; with the right `tokens` also others that have no more rights.
 * @throws StagedoorError `not_found`, `forbidden`, `unauthenticated`
 */
export async function revokeOperatorToken(
  tx: Tx,
  by: TokenRevoker,
  { id, keepChildren = false }: Revocation,
): Promise<void> {
  await lockTokenTree(tx);
  await requireLiveToken(tx, by);
  const [token, ...children] = /^[A-Za-z0-9]{1,64}$/.test(id) ? await selectTokenTree(tx, id) : [];
  if (token === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  requireAllowed(by, token);
  if (keepChildren) {
    await updateParent(tx, token.id, token.parentId);
  }
  const ended = keepChildren ? [token] : [token, ...children];
  await deleteTokens(
    tx,
    ended.map((one) => one.id),
  );
  for (const one of ended) {
    await record(tx, {
      action: 'stagedoor.operator_token.revoked',
      actor: by.actor,
      data: {
        token: one.id,
        name: one.name,
        rights: one.rights,
        ...(one !== token && { revoked_with: token.id }),
      },
    });
  }
}

function requireAllowed(by: TokenRevoker, token: OperatorToken): void {
  if (token.id === by.id) {
    return;
  }
  const missing = mayDo(by, { right: 'tokens', access: 'write' })
    ? missingRights(by, token.rights)
    : (['tokens'] as const);
  if (missing.length > 0) {
    throw new StagedoorError(
      'forbidden',
      `This token lacks the right ${missing.map((right) => `"${right}"`).join(', ')}, so it cannot revoke this one.`,
    );
  }
}
