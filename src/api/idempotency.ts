import type { Context } from 'koa';
import type { Db } from '../db/database.ts';
import { inSavepoint, inTransaction, type Tx } from '../db/transaction.ts';
import { StagedoorError } from '../errors.ts';
import { answerOnce, type KeptAnswer } from '../operators/answer-once.ts';
import { toHttpError } from '../web/http-error.ts';
import type { AdmittedCall } from './operator-endpoint.ts';

/** The header by which a caller says that a call is the same one again. */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/**
 * The key of a call, if it has one.
 * @throws StagedoorError `validation_failed`
 */
export function idempotencyKeyOf(ctx: Context): string | undefined {
  if (ctx.headers['idempotency-key'] === undefined) {
    return undefined;
  }
  const key = ctx.get(IDEMPOTENCY_KEY);
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new StagedoorError(
      'validation_failed',
      'The Idempotency-Key must have 1 to 255 visible ASCII characters, such as a UUID.',
    );
  }
  return key;
}

/**
 * For a call that may be repeated anyway, and whose first answer is not kept.
 * @throws StagedoorError `validation_failed` where it has a key
 */
export function refuseIdempotencyKey(ctx: Context): void {
  if (ctx.headers['idempotency-key'] !== undefined) {
    throw new StagedoorError(
      'validation_failed',
      'Send this call without an Idempotency-Key: it can be repeated, and changes nothing then.',
    );
  }
}

/**
 * Carries a call out once a key: again, it gets the first answer. A refusal is an answer too, and
 * undoes only what it refused; a defect or a conflict is none, so the call may be repeated.
 */
export function carryOutOnce(
  db: Db,
  { ctx, operator, token }: AdmittedCall,
  key: string,
  bytes: Uint8Array,
  work: (tx: Tx) => Promise<KeptAnswer>,
): Promise<{ answer: KeptAnswer; repeated: boolean }> {
  const request = Buffer.concat([Buffer.from(`${ctx.method} ${ctx.url}\n`), bytes]);
  return inTransaction(db, (tx) =>
    answerOnce(tx, { operator: operator.id, token, key, request }, () =>
      inSavepoint(tx, () => work(tx)).catch(refusal),
    ),
  );
}

/** @throws what is no lasting answer */
function refusal(error: unknown): KeptAnswer {
  const { status, fields, message } = toHttpError(error);
  if (status >= 500 || status === 409) {
    throw error;
  }
  return { status, body: fields ?? { detail: message } };
}
