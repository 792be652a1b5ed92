import type { Config } from '../config/config.ts';
import { isUnencrypted, isUnverified } from '../db/connection-options.ts';
import { detectPooler } from '../db/detect-pooler.ts';
import { parseDatabaseUrl } from '../lib/database-url.ts';
import type { Logger } from '../lib/log.ts';

/**
 * Logs if the connection to the database is not encrypted or its certificate not verified, or if a pooler in front of it loses
 * prepared statements.
 */
export async function warnOfConnection(
  { databaseUrl, databasePrepare }: Pick<Config, 'databaseUrl' | 'databasePrepare'>,
  log: Pick<Logger, 'warn' | 'error'>,
): Promise<void> {
  if (databaseUrl === undefined) {
    return;
  }
  if (isUnverified(parseDatabaseUrl(databaseUrl))) {
    log.warn('Database certificate is not verified; set sslmode=verify-full in DATABASE_URL');
  }
  if (isUnencrypted(databaseUrl)) {
    log.warn('Database connection is not encrypted; set sslmode=verify-full in DATABASE_URL');
  }
  // If the test fails, the requests report why.
  const pooling = databasePrepare
    ? await detectPooler(databaseUrl).catch(() => undefined)
    : undefined;
  if (pooling === 'loses_statements') {
    log.error('Database pooler loses prepared statements; set DATABASE_PREPARE=0');
  }
}
