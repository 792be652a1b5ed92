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
        return [ok('health.pooler.keeps')];
      case 'loses_statements':
        return [
          config.databasePrepare ? fail('health.pooler.loses') : ok('health.pooler.unprepared'),
        ];
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [skip('health.pooler.unknown', { reason })];
  }
}
