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
      const message = `The server at ${url} says that its database does not answer.`;
      return [fail('database', message, `Look into its log, and start it again (process ${pid}).`)];
    }
    const mails = countsIn(await (await ask('/metrics')).text());
    const keys = await ask('/api/v1/oauth/jwks');
    return [
      ok('database', `The embedded one answers, through the running server (process ${pid}).`),
      ok('migrations', 'The server ran them when it started.'),
      ...(mails === undefined
        ? [skip('mails', 'The server does not say how many wait.')]
        : judgeMails(mails)),
      keys.ok
        ? ok('signing keys', 'The server publishes them.')
        : warn('signing keys', 'The server publishes none.', 'Look into its log.'),
    ];
  } catch (error) {
    const message = `The server (process ${pid}) does not answer at ${url}: ${reasonOf(error)}.`;
    return [fail('database', message, 'Stop that process and start the server again.')];
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
