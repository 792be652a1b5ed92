import { type Finding, ok, warn } from './finding.ts';

/** Reports undelivered mails. */
export function judgeMails({ failed, pending }: { failed: number; pending: number }): Finding[] {
  return [
    failed === 0
      ? ok('health.mails.sent', { pending })
      : warn('health.mails.failed', { count: failed }),
  ];
}
