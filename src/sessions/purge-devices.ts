import type { Db } from '../db/database.ts';
import { DEVICE_DAYS } from './device.ts';
import { deleteUnusedDevices } from './device-store.ts';

/**
 * Deletes devices that nobody has signed in with for a year. A user's last one stays: with none
 * left, a sign-in after years would look like their first ever, of which nobody is told.
 */
export async function purgeDevices(db: Db): Promise<void> {
  await deleteUnusedDevices(db, DEVICE_DAYS);
}
