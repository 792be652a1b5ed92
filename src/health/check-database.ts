import type { Config } from '../config/config.ts';
import { cookieKeysOf, hasCookieKeys } from '../data-dir/secret.ts';
import { assertReachable } from '../db/assert-reachable.ts';
import { timeAhead } from '../db/clock.ts';
import { describeServer, findWeakness } from '../db/connection-options.ts';
import type { Database } from '../db/database.ts';
import { detectPooler } from '../db/detect-pooler.ts';
import { explainFailure } from '../db/explain-failure.ts';
import { readSchemaState, type SchemaState } from '../db/schema-state.ts';
import { findUnsuitable, OLDEST, readServerInfo, type Unsuitable } from '../db/server-info.ts';
import type { MessageParams } from '../http/translate.ts';
import { countMails } from '../mail/outbox-store.ts';
import { unopenedSigningKeys } from '../signing-keys/seal-signing-key.ts';
import { selectSigningKeys } from '../signing-keys/signing-key-store.ts';
import { checkClock } from './check-clock.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';

const DAY = 86_400_000;
/** Days that a key may exceed its age, because only a running server replaces it. */
const GRACE = 7;

/**
 * Checks an open database: connection, version, migrations and clock, undelivered mails and signing
 * keys. Changes nothing.
 * @param tryEngine tries out what the engine has to support; a server has done so when it started
 */
export async function checkDatabase(
  database: Database,
  config: Config,
  tryEngine?: () => Promise<Unsuitable | undefined>,
): Promise<Finding[]> {
  const { db, engine } = database;
  const where =
    config.databaseUrl === undefined ? config.dataDir : describeServer(config.databaseUrl);
  try {
    await assertReachable(database);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : error;
    const { reason, fix } = explainFailure(cause);
    return [fail('health.database.unreachable', { where, reason, fix })];
  }
  const { answer, ahead } = await timeAhead(
    () => readServerInfo(db),
    ({ now }) => now.getTime(),
  );
  const name = engine === 'embedded' ? 'Embedded PGlite' : 'PostgreSQL';
  const params = { server: `${name} ${answer.version}`, where, oldest: OLDEST };
  const unsuitable = findUnsuitable(answer) ?? (await tryEngine?.());
  const findings = [
    unsuitable === undefined
      ? judgeTls(params, config)
      : fail(`health.database.${unsuitable}`, params),
    ...(engine === 'embedded' ? [] : [checkClock(where, ahead)]),
    ...(await checkPooler(config)),
  ];
  const schema = await readSchemaState(db);
  const migrations = judgeSchema(schema, engine);
  if (schema.missing.length > 0 || schema.unfit.length > 0) {
    return [...findings, migrations, skip('health.mails.unmigrated')];
  }
  return [
    ...findings,
    migrations,
    judgeMails(await countMails(db)),
    await checkKeys(database, config),
  ];
}

function judgeTls(params: MessageParams, { databaseUrl }: Config): Finding {
  const weakness = databaseUrl && findWeakness(databaseUrl);
  return weakness
    ? warn(`health.database.${weakness}`, params)
    : ok('health.database.sound', params);
}

/** Reports migrations that the database lacks, and those of a newer version. */
export function judgeSchema(schema: SchemaState, engine: Database['engine']): Finding {
  const { missing, waiting, newer, unfit } = schema;
  if (unfit.length > 0) {
    return fail('health.migrations.too_new', { names: unfit.join(', ') });
  }
  const pending = [...missing, ...waiting];
  const params = { count: pending.length, names: pending.join(', ') };
  if (missing.length > 0 && engine === 'postgresql') {
    return fail('health.migrations.missing', params);
  }
  if (pending.length > 0) {
    return engine === 'embedded'
      ? warn('health.migrations.at_start', params)
      : warn('health.migrations.waiting', params);
  }
  return newer.length > 0
    ? ok('health.migrations.newer', { names: newer.join(', ') })
    : ok('health.migrations.done');
}

async function checkKeys({ db }: Database, config: Config): Promise<Finding> {
  const keys = await selectSigningKeys(db);
  const signing = keys.find(({ state }) => state === 'signing');
  if (signing === undefined) {
    return warn('health.signing_keys.none');
  }
  if (!(await hasCookieKeys(config))) {
    return fail('health.signing_keys.closed');
  }
  const unopened = unopenedSigningKeys(await cookieKeysOf(config), keys);
  if (unopened.length > 0) {
    return fail('health.signing_keys.unopened', { names: unopened.join(', ') });
  }
  const age = Math.floor((Date.now() - signing.signsFrom.getTime()) / DAY);
  const limit = config.signingKeyMaxAgeDays;
  return limit > 0 && age > limit + GRACE
    ? warn('health.signing_keys.old', { age, limit })
    : ok('health.signing_keys.young', { count: age });
}

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

/** Reports undelivered mails. */
export function judgeMails({ failed, pending }: { failed: number; pending: number }): Finding {
  return failed === 0
    ? ok('health.mails.sent', { pending })
    : warn('health.mails.failed', { count: failed });
}
