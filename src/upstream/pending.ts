import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { seal, unseal } from '../sealed.ts';
import { UpstreamRefusal } from './refusal.ts';
import { type PendingSignIn, SIGN_IN_TTL } from './sign-in.ts';
import { insertSignIn, type StoredSignIn, selectSignIn } from './store.ts';

const PURPOSE = 'upstream sign-in';
const STATE = /^[\w-]{43}$/;

const content = z.object({
  returnTo: z.string(),
  restartAt: z.string().optional(),
  completeAt: z.string(),
  anew: z.boolean(),
  maxAge: z.number(),
  loginHint: z.string().optional(),
  locale: z.string(),
  carried: z.record(z.string(), z.array(z.string())).optional(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  startedAt: z.number(),
});

/** Whether `value` may be the state of a sign-in that began here. */
export function isState(value: unknown): value is string {
  return typeof value === 'string' && STATE.test(value);
}

/**
 * Keeps a sign-in until the provider's answer. It can only be read with the key, which the browser
 * has and the server forgets, and with the state.
 */
export async function keepSignIn(db: Db, key: string, pending: PendingSignIn): Promise<void> {
  const sealed = seal(key + pending.state, PURPOSE, JSON.stringify(pending));
  await insertSignIn(db, pending.state, sealed, SIGN_IN_TTL);
}

/**
 * The sign-in of this state and browser.
 * @throws UpstreamRefusal `foreign` where there is none
 */
export async function readSignIn(
  db: Db,
  key: string | undefined,
  state: unknown,
): Promise<{ pending: PendingSignIn; status: StoredSignIn['status'] }> {
  const found = isState(state) ? await selectSignIn(db, state) : undefined;
  if (found === undefined || key === undefined) {
    const what =
      found === undefined ? 'the state is not known' : 'there is no cookie for the state';
    throw new UpstreamRefusal('foreign', what);
  }
  try {
    const text = unseal(`${key}${state}`, PURPOSE, found.sealed);
    return { pending: content.parse(JSON.parse(text)), status: found.status };
  } catch (cause) {
    throw new UpstreamRefusal('foreign', 'the state belongs to another browser', { cause });
  }
}
