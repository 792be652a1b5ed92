import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Tx } from '../db/transaction.ts';
import { hashOf } from '../lib/credentials.ts';
import { seal, unseal } from '../lib/encryption.ts';
import { StagedoorError } from '../lib/errors.ts';
import { insertCall, selectCall, updateAnswer } from './idempotency-store.ts';

/** Separates the encryption of stored responses from other uses of the same secret. */
const PURPOSE = 'idempotent call';

/** A call that may be repeated and is run once. */
export interface IdempotentCall {
  /** Id of the operator token; each token has its own keys. */
  readonly operator: string;
  /** The token as it was presented. */
  readonly token: string;
  /** Value of the `Idempotency-Key` header. */
  readonly key: string;
  /** Method, path and body; repetitions must be equal. */
  readonly request: Uint8Array | string;
}

/** Status and JSON body of a response; `body` is absent if it has none. */
export interface StoredResponse {
  readonly status: number;
  readonly body?: unknown;
}

const storedResponse = z.object({ status: z.number(), body: z.unknown().optional() });

/**
 * Runs a call, or returns the stored response of its first run. The response is written in the
 * transaction of the call's changes, so either both exist or neither does. A running call holds the
 * row of its key: a second call waits for it, and runs if the first one fails.
 *
 * Responses may contain secrets. They are encrypted under the token and the key, of which only
 * hashes are stored, so only a caller who sends both gets them decrypted.
 * @param work if it throws, its changes are rolled back and the call may be repeated
 * @throws StagedoorError `conflict`: the key belongs to another request, or its call is running
 */
export async function replayOrRun(
  tx: Tx,
  call: IdempotentCall,
  work: () => Promise<StoredResponse>,
): Promise<{ answer: StoredResponse; repeated: boolean }> {
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

/** @throws StagedoorError `conflict` if the first call came with another token of the operator */
function open(secret: string, sealed: Uint8Array): StoredResponse {
  let text: string;
  try {
    text = unseal(secret, PURPOSE, sealed);
  } catch (cause) {
    throw new StagedoorError(
      'conflict',
      'The first call with this Idempotency-Key came with another operator token, so its answer cannot be given again. Look up what it did, and use a new key.',
      { cause },
    );
  }
  return storedResponse.parse(JSON.parse(text));
}
