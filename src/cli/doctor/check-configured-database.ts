import type { Config } from '../../config/config.ts';
import type { ServerFile } from '../../data-dir/server-file.ts';
import { findIneffective } from '../../db/check-engine.ts';
import { checkDatabase, judgeMails } from '../../health/check-database.ts';
import { type Finding, fail, ok, skip, warn } from '../../health/finding.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { reasonOf } from '../../lib/failure-reason.ts';
import type { Shell } from '../shell.ts';
import { type Opened, openOrFind, refuseMissing } from '../with-database.ts';

const TIMEOUT = 5_000;

/** Opens the configured database and checks it; asks the server that holds the embedded one. */
export async function checkConfiguredDatabase(config: Config, shell: Shell): Promise<Finding[]> {
  let opened: Opened;
  try {
    await refuseMissing(config);
  } catch (error) {
    return [warn('health.database.missing', { reason: messageOf(error) })];
  }
  try {
    opened = await openOrFind(config, shell);
  } catch (error) {
    const isSetting = error instanceof StagedoorError && error.code === 'configuration_invalid';
    const reason = messageOf(error);
    return [fail(isSetting ? 'health.database.refused' : 'health.database.unopened', { reason })];
  }
  if ('server' in opened) {
    return checkThroughServer(opened.server, config.metricsToken);
  }
  const { database } = opened;
  try {
    return await checkDatabase(database, config, () => findIneffective(database.db));
  } finally {
    await database.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Asks the server that holds the embedded database, because no other process can open it. */
async function checkThroughServer(
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
      mails === undefined ? skip('health.mails.untold') : judgeMails(mails),
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
