import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { hashOf } from '../credentials.ts';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';
import { StagedoorError } from '../errors.ts';
import { seal, unseal } from '../sealed.ts';
import { deleteOldCalls, insertCall, selectCall, updateAnswer } from './idempotency-store.ts';

/** A call that may be repeated and is carried out once. */
export interface IdempotentCall {
  /** Id of the operator token: each has keys of its own. */
  readonly operator: string;
  /** The token as it was presented. */
  readonly token: string;
  /** What the caller has sent as `Idempotency-Key`. */
  readonly key: string;
  /** Method, path and body: all that makes it this call. */
  readonly request: Uint8Array | string;
}

/** An answer as HTTP tells it; no `body`: none. */
export interface KeptAnswer {
  readonly status: number;
  readonly body?: unknown;
}

const keptAnswer = z.object({ status: z.number(), body: z.unknown().optional() });

/**
 * Carries a call out, or gives the answer that it got the first time. The answer is written in the
 * transaction of what the call did: both are there, or neither is. A call with the same key that
 * is under way has the row, so a second one waits for it; when the first one fails, the second one
 * is carried out.
 *
 * Answers may hold secrets. They are sealed under the token and the key, of which only hashes are
 * kept, so only who sends both can have them opened.
 * @param work what it throws undoes all of it, and the call may be repeated
 * @throws StagedoorError `conflict`: another request came with this key, or one is under way
 */
export async function answerOnce(
  tx: Tx,
  call: IdempotentCall,
  work: () => Promise<KeptAnswer>,
): Promise<{ answer: KeptAnswer; repeated: boolean }> {
  const key = { operator: call.operator, keyHash: hashOf(call.key) };
  const requestHash = hashOf(call.request);
  const secret = JSON.stringify([call.token, call.key]);
  if (await insertCall(tx, key, requestHash)) {
    const answer = await work();
    await updateAnswer(tx, key, seal(secret, PURPOSE, JSON.stringify(answer)));
    return { answer, repeated: false };
  }
  const known = await selectCall(tx, key);
  if (known === undefined || known.sealedAnswer === null) {
    throw new StagedoorError('conflict', 'The first call with this key was just forgotten.');
  }
  if (!timingSafeEqual(known.requestHash, requestHash)) {
    throw new StagedoorError(
      'conflict',
      'Another request was made with this Idempotency-Key. Send this one with a key of its own.',
    );
  }
  return { answer: open(secret, known.sealedAnswer), repeated: true };
}

/** @throws StagedoorError `conflict`: the first call came with another token of the same operator */
function open(secret: string, sealed: Uint8Array): KeptAnswer {
  let text: string;
  try {
    text = unseal(secret, PURPOSE, sealed);
  } catch (cause) {
    throw new StagedoorError(
      'conflict',
      'The first call with this Idempotency-Key came with another operator token, so its answer can not be given again. Look up what it did, and use a new key.',
      { cause },
    );
  }
  return keptAnswer.parse(JSON.parse(text));
}

const PURPOSE = 'idempotent call';

/** Forgets answers after a day. */
export function purgeAnswers(db: Db): Promise<void> {
  return deleteOldCalls(db);
}
