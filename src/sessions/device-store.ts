import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import type { Tx } from '../db/transaction.ts';

/** Days that a device is remembered after its last sign-in; its cookie lives as long. */
export const DEVICE_DAYS = 365;

/** Notes that a known device was seen; false where it is not known. */
export async function updateDeviceSeen(
  tx: Tx,
  userId: string,
  deviceHash: Uint8Array,
): Promise<boolean> {
  const seen = await tx
    .updateTable('known_devices')
    .set({ last_seen_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('device_hash', '=', deviceHash)
    .executeTakeFirst();
  return seen.numUpdatedRows > 0n;
}

/** Returns whether the user has signed in on this device. */
export async function isKnownDevice(
  db: Db,
  userId: string,
  deviceHash: Uint8Array,
): Promise<boolean> {
  const one = await db
    .selectFrom('known_devices')
    .select('user_id')
    .where('user_id', '=', userId)
    .where('device_hash', '=', deviceHash)
    .executeTakeFirst();
  return one !== undefined;
}

/** Tests if the user has signed in on any device before. */
export async function hasDevices(tx: Tx, userId: string): Promise<boolean> {
  const one = await tx
    .selectFrom('known_devices')
    .select('user_id')
    .where('user_id', '=', userId)
    .limit(1)
    .executeTakeFirst();
  return one !== undefined;
}

/** Adds a device; false where a sign-in at the same moment has added it already. */
export async function insertDevice(
  tx: Tx,
  userId: string,
  deviceHash: Uint8Array,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('known_devices')
    .values({ user_id: userId, device_hash: deviceHash })
    .onConflict((conflict) => conflict.columns(['user_id', 'device_hash']).doNothing())
    .returning('user_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/**
 * Deletes devices without a sign-in for a year, except a user's last one: without any, the next
 * sign-in would count as the very first, of which no mail is sent.
 */
export async function purgeDevices(db: Db): Promise<void> {
  await db
    .deleteFrom('known_devices as old')
    .where('old.last_seen_at', '<', sql<Date>`now() - make_interval(days => ${DEVICE_DAYS})`)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('known_devices as later')
          .select('later.user_id')
          .whereRef('later.user_id', '=', 'old.user_id')
          .where((later) =>
            later.or([
              later('later.last_seen_at', '>', later.ref('old.last_seen_at')),
              // Of two that were seen at the same moment one stays.
              later.and([
                later('later.last_seen_at', '=', later.ref('old.last_seen_at')),
                later('later.device_hash', '>', later.ref('old.device_hash')),
              ]),
            ]),
          ),
      ),
    )
    .execute();
}
