import { mayDo, type Operator } from '../api/operator.ts';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Actor } from '../lib/actor.ts';
import { StagedoorError } from '../lib/errors.ts';
import { missingRights, type OperatorToken } from './operator.ts';
import { requireLiveToken } from './require-live-token.ts';
import {
  deleteTokens,
  lockTokenTree,
  selectOlderTokens,
  selectTokenTree,
  updateParent,
} from './store.ts';

export type TokenRevoker = Pick<Operator, 'id' | 'actor' | 'rights'>;

/** Revocation of a token, with or without the tokens that were made with it. */
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
  await endTokens(tx, by.actor, keepChildren ? [token] : [token, ...children]);
}

/**
 * Revokes an operator token that was found in public, with all that were made with it.
 * @returns its name; undefined if it had been revoked before
 */
export async function revokeLeakedToken(tx: Tx, id: string): Promise<string | undefined> {
  await lockTokenTree(tx);
  const tree = await selectTokenTree(tx, id);
  await endTokens(tx, 'system', tree, { reason: 'leaked' });
  return tree[0]?.name;
}

/**
 * Revokes all operator tokens that were made before a time, and those that were made with them.
 * @returns number of revoked tokens
 */
export async function revokeOlderTokens(tx: Tx, actor: Actor, before: Date): Promise<number> {
  await lockTokenTree(tx);
  const ended = await selectOlderTokens(tx, before);
  if (ended.length > 0) {
    await deleteTokens(
      tx,
      ended.map((one) => one.id),
    );
  }
  for (const token of ended) {
    await recordRevocation(tx, actor, token);
  }
  return ended.length;
}

/** Deletes a token and those that were made with it; it comes first. Each gets a log entry. */
async function endTokens(
  tx: Tx,
  actor: Actor,
  ended: readonly OperatorToken[],
  more: { readonly reason?: 'leaked' } = {},
): Promise<void> {
  const [token] = ended;
  if (token === undefined) {
    return;
  }
  await deleteTokens(
    tx,
    ended.map((one) => one.id),
  );
  for (const one of ended) {
    await recordRevocation(tx, actor, one, {
      ...more,
      ...(one !== token && { revoked_with: token.id }),
    });
  }
}

async function recordRevocation(
  tx: Tx,
  actor: Actor,
  { id, name, rights }: OperatorToken,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const data = { token: id, name, rights, ...more };
  await record(tx, { action: 'stagedoor.operator_token.revoked', actor, data });
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
