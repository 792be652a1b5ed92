import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { enqueueMail } from '../mail/outbox-store.ts';
import { type EndingGrant, takeEndingGrants } from './ending-store.ts';

const DAY = 86_400;

/**
 * Notifies users of grants with write access that will end unused in `expiryNoticeDays` days, once
 * per period without use. Notice and mail are written in one transaction; any number of processes
 * may run it at the same time.
 * @param limit mails that it writes at most
 * @returns how many it wrote
 */
export async function notifyExpiring(
  db: Db,
  config: Pick<Config, 'expiryNoticeDays' | 'refreshTokenTtl' | 'scopes'>,
  limit: number,
): Promise<number> {
  const days = config.expiryNoticeDays;
  // Grants that live no longer than that would be announced with their first token.
  if (days === 0 || config.refreshTokenTtl <= days * DAY) {
    return 0;
  }
  const writing = config.scopes.filter((scope) => scope.writes).map(({ name }) => name);
  return inTransaction(db, async (tx) => {
    const grants = await takeEndingGrants(tx, { days, writing, limit });
    for (const { recipient, locale, ...data } of grants) {
      await enqueueMail(tx, { kind: 'access_ending', recipient, locale, data: toData(data) });
    }
    return grants.length;
  });
}

function toData({ endsAt, ...grant }: Omit<EndingGrant, 'recipient' | 'locale'>) {
  return { ...grant, endsAt: endsAt.toISOString(), at: new Date().toISOString() };
}
