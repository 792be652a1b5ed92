import type { Config } from '../config/config.ts';
import { detectPooler } from '../db/detect-pooler.ts';
import type { Logger } from '../lib/log.ts';

/** Logs a warning if a pooler in front of the database loses prepared statements. */
export async function warnOfPooler(
  { databaseUrl, databasePrepare }: Pick<Config, 'databaseUrl' | 'databasePrepare'>,
  log: Pick<Logger, 'error'>,
): Promise<void> {
  if (databaseUrl === undefined || !databasePrepare) {
    return;
  }
  // If the test fails, the requests report why.
  const pooling = await detectPooler(databaseUrl).catch(() => undefined);
  if (pooling === 'loses_statements') {
    log.error('Database pooler loses prepared statements; set DATABASE_PREPARE=0');
  }
}
