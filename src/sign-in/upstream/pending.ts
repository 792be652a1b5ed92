import { randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Db } from '../../db/database.ts';
import { seal, unseal } from '../../lib/encryption.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { UpstreamRefusal } from './refusal.ts';
import { type PendingSignIn, pendingSignIn, SIGN_IN_TTL } from './sign-in.ts';
import { insertSignIn, type StoredSignIn, selectSignIn } from './store.ts';

const PURPOSE = 'upstream sign-in';
/** Longest way back that is stored, in characters. */
const LONGEST_STORED = 800;
/** Longest key, in characters: browsers take cookies of 4,096 bytes. */
const LONGEST_KEY = 3_900;
const STATE = /^[\w-]{43}$/;

/** Tests if `value` has the form of a state of this server. */
export function isState(value: unknown): value is string {
  return typeof value === 'string' && STATE.test(value);
}

/**
 * Keeps a sign-in until the provider's answer. It can only be read with the key, which the browser
 * has and the server forgets, and with the state. A long way back travels in the key as well, so
 * that anonymous requests store little.
 * @returns the key
 * @throws StagedoorError `payload_too_large` if the way back fits into no cookie
 */
export async function keepSignIn(db: Db, pending: PendingSignIn): Promise<string> {
  const { returnTo } = pending;
  const long = returnTo.length > LONGEST_STORED;
  const random = randomBytes(32).toString('base64url');
  const key = long ? `${random}.${deflateRawSync(returnTo).toString('base64url')}` : random;
  if (key.length > LONGEST_KEY) {
    throw new StagedoorError(
      'payload_too_large',
      'The authorization request is too long to be carried through the sign-in. Push it (RFC 9126).',
    );
  }
  const content = JSON.stringify({ ...pending, ...(long ? { returnTo: '' } : {}) });
  await insertSignIn(db, pending.state, seal(key + pending.state, PURPOSE, content), SIGN_IN_TTL);
  return key;
}

/**
 * Returns the sign-in of this state and browser.
 * @throws UpstreamRefusal `foreign` if none exists
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
    const pending = pendingSignIn.parse(JSON.parse(text));
    const returnTo = pending.returnTo || wayBackIn(key);
    return { pending: { ...pending, returnTo }, status: found.status };
  } catch (cause) {
    throw new UpstreamRefusal('foreign', 'the state belongs to another browser', { cause });
  }
}

/** Reads the way back from a key that was verified to be from this server. */
function wayBackIn(key: string): string {
  const [, deflated = ''] = key.split('.');
  return inflateRawSync(Buffer.from(deflated, 'base64url')).toString('utf8');
}
