import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { isClientId } from '../lib/client-id.ts';
import type { Logger } from '../lib/log.ts';
import { startWriteQueue } from '../lib/write-queue.ts';
import { sourceOf } from '../limits/source.ts';
import type {
  AuthenticationFailure,
  FailureCount,
  FailureReason,
  RecordAuthenticationFailure,
} from './authentication-failure.ts';
import type { AuditAction } from './event.ts';
import {
  classifyFailures,
  countFailureRows,
  type EndedHour,
  takeEndedHours,
  upsertFailures,
} from './failure-store.ts';
import { record } from './store.ts';

/**
 * Rows of an hour, of all clients and of one; beyond, failures are counted without their address.
 * Each row becomes an entry in the log, which the owner of the application reads.
 */
const ROWS_AN_HOUR = { all: 1000, client: 20 };

/**
 * Starts counting failed authentications of programs, by the hour and by kind (endpoint, client,
 * reason, address). Logs the first of an hour at once. A count never refuses anything, so a right
 * secret works from every address.
 */
export function startAuthenticationFailures(
  db: Db,
  log: Logger,
): { note: RecordAuthenticationFailure; stop: () => Promise<void> } {
  const queue = startWriteQueue<AuthenticationFailure>(
    (batch) => writeFailures(db, log, batch),
    (err, count) => log.warn({ err, count }, 'Authentication failures not recorded'),
  );
  return { note: queue.add, stop: queue.stop };
}

async function writeFailures(
  db: Db,
  log: Logger,
  batch: readonly AuthenticationFailure[],
): Promise<void> {
  const sent = batch.map(({ endpoint, clientId = '', secretHash }) => ({
    endpoint,
    client_id: isClientId(clientId) ? clientId : '',
    hash: Buffer.from(secretHash).toString('hex'),
  }));
  const found = await classifyFailures(db, sent);
  const rows = await countFailureRows(db);
  let total = [...rows.values()].reduce((sum, count) => sum + count, 0);
  const counts = new Map<string, FailureCount>();
  for (const [index, { endpoint, ip }] of batch.entries()) {
    const { known, reason } = found[index] ?? { known: false, reason: 'wrong' as const };
    const clientId = known ? (sent[index]?.client_id ?? '') : '';
    const ofClient = rows.get(clientId) ?? 0;
    const full = total >= ROWS_AN_HOUR.all || (clientId !== '' && ofClient >= ROWS_AN_HOUR.client);
    const kind = {
      endpoint,
      clientId,
      reason: endpoint === 'management' || known ? reason : ('unknown_client' as const),
      ip: full ? '' : plainSource(ip),
    };
    const key = JSON.stringify(kind);
    const count = counts.get(key)?.count ?? 0;
    if (count === 0) {
      rows.set(clientId, ofClient + 1);
      total += 1;
    }
    counts.set(key, { ...kind, count: count + 1 });
  }
  for (const { endpoint, clientId, reason, ip, count } of await upsertFailures(db, [
    ...counts.values(),
  ])) {
    log.warn(
      { endpoint, client_id: clientId || undefined, reason, ip: ip || undefined, count },
      'Machine authentication failed',
    );
  }
}

/** One address for an IPv6 /64, since an attacker has all of it. */
function plainSource(ip: string | undefined): string {
  const { address } = sourceOf(ip ?? '');
  return address === 'unknown' ? '' : address.replace('::/64', '::');
}

/**
 * Writes failures of ended hours to the log of events, one entry per client or endpoint, address,
 * reason and hour.
 * @param limit entries that it writes at most
 * @returns how many it wrote
 */
export function recordAuthenticationFailures(db: Db, limit: number): Promise<number> {
  return inTransaction(db, async (tx) => {
    const ended = await takeEndedHours(tx, limit);
    for (const hour of ended) {
      await record(tx, {
        action: actionOf(hour),
        actor: 'system',
        userId: hour.ownerId ?? undefined,
        clientId: hour.clientId || undefined,
        origin: { ip: hour.ip || undefined, userAgent: undefined },
        data: {
          ...(hour.application === null ? {} : { application: hour.application }),
          endpoint: hour.endpoint,
          reason: hour.reason satisfies FailureReason,
          count: hour.count,
          hour: hour.hour.toISOString(),
        },
      });
    }
    return ended.length;
  });
}

function actionOf({ endpoint, clientId, application }: EndedHour): AuditAction {
  if (endpoint === 'management') {
    return 'stagedoor.operator_token.authentication_failed';
  }
  if (application !== null) {
    return 'stagedoor.application.authentication_failed';
  }
  return clientId === ''
    ? 'stagedoor.client.authentication_failed'
    : 'stagedoor.resource_server.authentication_failed';
}
