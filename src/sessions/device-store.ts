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
