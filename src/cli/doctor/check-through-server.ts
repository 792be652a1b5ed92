import type { ServerFile } from '../../data-dir/server-file.ts';
import { type Finding, fail, ok, skip, warn } from '../../health/finding.ts';
import { judgeMails } from '../../health/judge-mails.ts';
import { reasonOf } from '../../lib/failure-reason.ts';

const TIMEOUT = 5_000;

/** Asks the server that holds the embedded database, because no other process can open it. */
export async function checkThroughServer(
  { url, pid }: ServerFile,
  metricsToken: string | undefined,
): Promise<Finding[]> {
  const headers = metricsToken === undefined ? {} : { authorization: `Bearer ${metricsToken}` };
  const ask = (path: string) =>
    fetch(`${url}${path}`, { headers, signal: AbortSignal.timeout(TIMEOUT) });
  try {
    const ready = await ask('/readyz');
    if (!ready.ok) {
      return [fail('health.database.silent', { url, pid })];
    }
    const mails = countsIn(await (await ask('/metrics')).text());
    const keys = await ask('/api/v1/oauth/jwks');
    return [
      ok('health.database.held', { pid }),
      ok('health.migrations.by_server'),
      ...(mails === undefined ? [skip('health.mails.untold')] : judgeMails(mails)),
      keys.ok ? ok('health.signing_keys.published') : warn('health.signing_keys.unpublished'),
    ];
  } catch (error) {
    return [fail('health.database.server_silent', { url, pid, reason: reasonOf(error) })];
  }
}

function countsIn(metrics: string): { failed: number; pending: number } | undefined {
  const count = (state: string) =>
    new RegExp(`^stagedoor_mail_outbox\\{state="${state}"\\} (\\d+)`, 'm').exec(metrics)?.[1];
  const [failed, pending] = [count('failed'), count('pending')];
  return failed === undefined || pending === undefined
    ? undefined
    : { failed: Number(failed), pending: Number(pending) };
}
