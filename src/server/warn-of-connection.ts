import type { Config } from '../config/config.ts';
import { findWeakness } from '../db/connection-options.ts';
import { detectPooler } from '../db/detect-pooler.ts';
import type { Logger } from '../lib/log.ts';

/**
 * Logs if somebody could read or redirect the connection to the database, or if a pooler in front of it
 * loses prepared statements.
 */
export async function warnOfConnection(
  { databaseUrl, databasePrepare }: Pick<Config, 'databaseUrl' | 'databasePrepare'>,
  log: Pick<Logger, 'warn' | 'error'>,
): Promise<void> {
  if (databaseUrl === undefined) {
    return;
  }
  const weakness = findWeakness(databaseUrl);
  if (weakness !== undefined) {
    log.warn(
      { weakness },
      'Database connection is not protected; set sslmode=verify-full in DATABASE_URL',
    );
  }
  // If the test fails, the requests report why.
  const pooling = databasePrepare
    ? await detectPooler(databaseUrl).catch(() => undefined)
    : undefined;
  if (pooling === 'loses_statements') {
    log.error('Database pooler loses prepared statements; set DATABASE_PREPARE=0');
  }
}
