import type { Operator, Right } from '../api/operator.ts';
import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import { hashOf, newCredential, randomText } from '../lib/credentials.ts';
import { StagedoorError, ValidationError } from '../lib/errors.ts';
import {
  isOperatorName,
  isProcessToken,
  missingRights,
  NAME_RULE,
  type OperatorToken,
} from './operator.ts';
import { requireLiveToken } from './require-live-token.ts';
import { insertToken, lockTokenTree } from './store.ts';

/** The token that a token is made with. */
export type TokenMaker = Pick<Operator, 'id' | 'actor' | 'rights' | 'expiresAt'>;

/** Purpose and rights of a new token. */
export interface NewOperatorToken {
  readonly name: string;
  readonly rights: readonly Right[];
  /** Null: never. Undefined: when the token ends with which it is made. */
  readonly expiresAt?: Date | null | undefined;
}

/**
 * Makes an operator token, which is returned here and never again. It has at most the rights and the
 * lifetime of the token it is made with, and is revoked together with that one.
 * @throws StagedoorError `forbidden`, `unauthenticated`; ValidationError for a name that is taken, was
 *   taken once, or is not valid
 */
export async function createOperatorToken(
  tx: Tx,
  by: TokenMaker,
  input: NewOperatorToken,
): Promise<{ operatorToken: OperatorToken; token: string }> {
  const { expiresAt = by.expiresAt } = input;
  requireOwn(by, input.rights, expiresAt);
  check(input, expiresAt);
  await lockTokenTree(tx);
  await requireLiveToken(tx, by);
  const token = newCredential('sdo');
  const operatorToken = await insertToken(tx, {
    id: randomText(24),
    name: input.name,
    hash: hashOf(token),
    lastFour: token.slice(-4),
    rights: input.rights,
    createdBy: by.actor,
    parentId: isProcessToken(by) ? null : by.id,
    expiresAt,
  });
  await record(tx, {
    action: 'stagedoor.operator_token.created',
    actor: by.actor,
    data: {
      token: operatorToken.id,
      name: operatorToken.name,
      rights: input.rights,
      expires_at: expiresAt?.toISOString() ?? null,
    },
  });
  return { operatorToken, token };
}

function requireOwn(by: TokenMaker, rights: readonly Right[], expiresAt: Date | null): void {
  const missing = missingRights(by, rights);
  if (missing.length > 0) {
    throw new StagedoorError(
      'forbidden',
      `This token lacks the right ${missing.map((right) => `"${right}"`).join(', ')}, so it cannot give it.`,
    );
  }
  if (by.expiresAt !== null && (expiresAt === null || expiresAt > by.expiresAt)) {
    throw new StagedoorError(
      'forbidden',
      `This token ends at ${by.expiresAt.toISOString()}, so it can't make one that lasts longer.`,
    );
  }
}

function check({ name, rights }: NewOperatorToken, expiresAt: Date | null): void {
  if (!isOperatorName(name)) {
    throw new ValidationError({ name: [NAME_RULE] });
  }
  if (rights.length === 0) {
    throw new ValidationError({ rights: ['This list may not be empty.'] });
  }
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
    throw new ValidationError({ expires_at: ['This is in the past.'] });
  }
}
