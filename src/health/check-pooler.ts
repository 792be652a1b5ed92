import type { Config } from '../config/config.ts';
import { detectPooler } from '../db/detect-pooler.ts';
import { type Finding, fail, ok, skip } from './finding.ts';

/** Checks if a pooler in front of PostgreSQL keeps prepared statements. */
export async function checkPooler(
  config: Pick<Config, 'databaseUrl' | 'databasePrepare'>,
): Promise<Finding[]> {
  if (config.databaseUrl === undefined) {
    return [];
  }
  try {
    switch (await detectPooler(config.databaseUrl)) {
      case 'none':
        return [];
      case 'keeps_statements':
        return [ok('pooler', 'There is one, and it keeps prepared statements.')];
      case 'loses_statements':
        return [
          config.databasePrepare
            ? fail(
                'pooler',
                'There is one, and it loses prepared statements: requests fail.',
                'Set DATABASE_PREPARE=0, or use PgBouncer 1.21 or newer with max_prepared_statements.',
              )
            : ok('pooler', 'There is one that loses prepared statements; none are prepared.'),
        ];
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [skip('pooler', `The test for a pooler failed: ${reason}.`)];
  }
}
