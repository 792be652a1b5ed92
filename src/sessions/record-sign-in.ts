import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import type { Origin } from '../lib/actor.ts';
import { hashOf } from '../lib/credentials.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import type { User } from '../users/user.ts';
import { hasDevices, insertDevice, updateDeviceSeen } from './device-store.ts';

/**
 * Logs a sign-in and records the browser, in one transaction. Notifies the user by mail of a
 * browser that is new, except the very first one.
 * @param from `device` is the ID in the browser's cookie; only its hash is stored. `method` is
 *   absent if a password was given here
 */
export async function recordSignIn(
  tx: Tx,
  user: User,
  from: { readonly origin: Origin; readonly device: string; readonly method?: 'upstream' },
): Promise<void> {
  const { origin, method } = from;
  const isNew = (await meetDevice(tx, user.id, from.device)) === 'new';
  await record(tx, {
    action: 'stagedoor.user.signed_in',
    actor: `user:${user.id}`,
    userId: user.id,
    origin,
    data: { ...(isNew ? { new_device: true } : {}), ...(method === undefined ? {} : { method }) },
  });
  if (isNew) {
    await enqueueMail(tx, {
      kind: 'new_device',
      recipient: user.email,
      locale: user.locale,
      data: {
        at: new Date().toISOString(),
        timezone: user.timezone,
        origin,
        upstream: method === 'upstream',
      },
    });
  }
}

async function meetDevice(
  tx: Tx,
  userId: string,
  device: string,
): Promise<'known' | 'first' | 'new'> {
  const hash = hashOf(device);
  if (await updateDeviceSeen(tx, userId, hash)) {
    return 'known';
  }
  const others = await hasDevices(tx, userId);
  if (!(await insertDevice(tx, userId, hash))) {
    return 'known';
  }
  return others ? 'new' : 'first';
}
