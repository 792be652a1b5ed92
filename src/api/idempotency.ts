import type { Context } from 'koa';
import type { Db } from '../db/database.ts';
import { inSavepoint, inTransaction, type Tx } from '../db/transaction.ts';
import { toHttpError } from '../http/http-error.ts';
import { StagedoorError } from '../lib/errors.ts';
import type { AdmittedCall } from './operator-endpoint.ts';
import { replayOrRun, type StoredResponse } from './replay-or-run.ts';

/** Request header that identifies repetitions of a call. */
export const IDEMPOTENCY_KEY = 'Idempotency-Key';

/**
 * Returns the key of a call, if it has one.
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
 * Rejects a key on a call that can be repeated without one; its answer is not stored.
 * @throws StagedoorError `validation_failed` if the call has a key
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
 * Runs a call once per key; repetitions get the stored response. A refusal is stored too, and rolls
 * back only the call's own work. Server errors and conflicts are not stored, so that the call may be
 * repeated.
 */
export function runIdempotent(
  db: Db,
  { ctx, operator, token }: AdmittedCall,
  key: string,
  bytes: Uint8Array,
  work: (tx: Tx) => Promise<StoredResponse>,
): Promise<{ answer: StoredResponse; repeated: boolean }> {
  const request = Buffer.concat([Buffer.from(`${ctx.method} ${ctx.url}\n`), bytes]);
  return inTransaction(db, (tx) =>
    replayOrRun(tx, { operator: operator.id, token, key, request }, () =>
      inSavepoint(tx, () => work(tx)).catch(refusal),
    ),
  );
}

/** @throws server errors, conflicts, and the end of a call whose client has left, which are not stored */
function refusal(error: unknown): StoredResponse {
  const { status, fields, message } = toHttpError(error);
  if (status >= 499 || status === 409) {
    throw error;
  }
  return { status, body: fields ?? { detail: message } };
}
