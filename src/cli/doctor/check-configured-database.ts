import type { Config } from '../../config/config.ts';
import { findIneffective } from '../../db/check-engine.ts';
import { checkDatabase } from '../../health/check-database.ts';
import { type Finding, fail, warn } from '../../health/finding.ts';
import { StagedoorError } from '../../lib/errors.ts';
import type { Shell } from '../shell.ts';
import { type Opened, openOrFind, refuseMissing } from '../with-database.ts';
import { checkThroughServer } from './check-through-server.ts';

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
