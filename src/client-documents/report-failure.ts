import { record } from '../audit/store.ts';
import type { Db } from '../db/database.ts';
import { asDetail } from '../insights/client-error.ts';
import type { ErrorQueue } from '../insights/error-queue.ts';
import type { StagedoorError } from '../lib/errors.ts';
import type { Logger } from '../lib/log.ts';
import type { Limit } from '../limits/limit.ts';

/** Failures of unknown documents of one user that are logged: each is a row. */
export const REPORTS = { points: 20, seconds: 86_400 };

/** Places where a failure is recorded. */
export interface ReportDeps {
  readonly log: Logger;
  readonly clientErrors: ErrorQueue;
  /** Counted by `REPORTS`. */
  readonly reports: Limit;
}

/** Records that an unknown document could not be used, in the operator's log: there is no application yet. */
export async function reportUnknown(
  { log, reports }: ReportDeps,
  db: Db,
  { clientId, userId }: { readonly clientId: string; readonly userId: string },
  error: StagedoorError,
): Promise<void> {
  if (!(await reports.take(userId)).allowed) {
    return;
  }
  const reason = reasonOf(error);
  log.warn({ client_id: clientId, reason }, 'Client metadata document unavailable');
  const data = { reason };
  await record(db, { action: 'stagedoor.client_document.failed', actor: 'system', clientId, data });
}

/** Records that the document of a known application could not be used, among its failed requests. */
export function reportKnown(
  { log, clientErrors }: ReportDeps,
  clientId: string,
  error: StagedoorError,
): void {
  const reason = reasonOf(error);
  log.warn({ client_id: clientId, reason }, 'Client metadata document unavailable');
  clientErrors.add({
    clientId,
    happenedAt: new Date(),
    endpoint: 'authorize',
    isRefresh: false,
    error: 'invalid_client_metadata',
    reason: 'document_unavailable',
    details: { description: reason },
  });
}

/** Returns the reason for operators, with the cause that is not shown to users. */
function reasonOf({ message, cause }: StagedoorError): string {
  return asDetail(cause instanceof Error ? `${message} (${cause.message})` : message);
}
