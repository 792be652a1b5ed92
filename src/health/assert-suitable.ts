import { findIneffective } from '../db/check-engine.ts';
import type { Db } from '../db/database.ts';
import { findUnsuitable, OLDEST, readServerInfo } from '../db/server-info.ts';
import { StagedoorError } from '../lib/errors.ts';
import { describeFinding, fail } from './finding.ts';

/** @throws StagedoorError `configuration_invalid` if the database server can't be used */
export async function assertSuitable(db: Db): Promise<void> {
  const answer = await readServerInfo(db);
  const unsuitable = findUnsuitable(answer) ?? (await findIneffective(db));
  if (unsuitable !== undefined) {
    const server = `PostgreSQL ${answer.version}`;
    const params = { server, where: 'DATABASE_URL', oldest: OLDEST };
    const { message, fix } = describeFinding(fail(`health.database.${unsuitable}`, params), 'en');
    throw new StagedoorError('configuration_invalid', `${message} ${fix}`);
  }
}
