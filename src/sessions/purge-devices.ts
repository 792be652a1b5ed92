import type { Db } from '../db/database.ts';
import { DEVICE_DAYS } from './device.ts';
import { deleteUnusedDevices } from './device-store.ts';

/**
 * Deletes devices without a sign-in for a year, except a user's last one: without any, the next
 * sign-in would count as the very first, of which no mail is sent.
 */
export async function purgeDevices(db: Db): Promise<void> {
  await deleteUnusedDevices(db, DEVICE_DAYS);
}
