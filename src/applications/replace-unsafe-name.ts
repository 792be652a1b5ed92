import { record } from '../audit/store.ts';
import type { Tx } from '../db/transaction.ts';
import { setName } from './change-store.ts';
import { lockOrThrow } from './lock-or-throw.ts';
import type { NameSettings } from './review-need.ts';
import { hasUnsafeName, safeName } from './safe-name.ts';

/**
 * Replaces the name of an application that nobody registered by hand if it would need a review: one
 * that looks like one that was reviewed since the row was written, or like the platform's new name.
 * @returns the name that it has now
 */
export async function replaceUnsafeName(
  tx: Tx,
  settings: NameSettings,
  clientId: string,
): Promise<string> {
  const application = await lockOrThrow(tx, clientId);
  if (!hasUnsafeName(settings, application)) {
    return application.name;
  }
  const name = safeName(application);
  await setName(tx, clientId, name);
  await record(tx, {
    action: 'stagedoor.application.changed',
    actor: 'system',
    clientId,
    data: { application: name, changed: ['name'] },
  });
  return name;
}
