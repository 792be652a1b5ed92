import { record } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../errors.ts';
import { missingRights, type Operator, type OperatorToken } from './operator.ts';
import { deleteToken, lockToken } from './store.ts';

/** Who revokes a token. */
export type TokenRevoker = Pick<Operator, 'actor' | 'rights'> & { readonly id?: string };

/**
 * Revokes an operator token: its next call is refused. A token may revoke itself, and others that
 * have no right which it has not.
 * @throws StagedoorError `not_found`, `forbidden`
 */
export async function revokeOperatorToken(
  tx: Tx,
  by: TokenRevoker,
  id: string,
): Promise<OperatorToken> {
  const token = /^[A-Za-z0-9]{1,64}$/.test(id) ? await lockToken(tx, id) : undefined;
  if (token === undefined) {
    throw new StagedoorError('not_found', 'Not found.');
  }
  const missing = token.id === by.id ? [] : missingRights(by, token.rights);
  if (missing.length > 0) {
    throw new StagedoorError(
      'forbidden',
      `This token has not the right ${missing.map((right) => `"${right}"`).join(', ')}, so it can't take it.`,
    );
  }
  await deleteToken(tx, id);
  await record(tx, {
    action: 'stagedoor.operator_token.revoked',
    actor: by.actor,
    data: { token: token.id, name: token.name, rights: token.rights },
  });
  return token;
}
