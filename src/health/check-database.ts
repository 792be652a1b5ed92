import type { Config } from '../config/config.ts';
import { cookieKeysOf } from '../data-dir/cookie-keys.ts';
import { assertReachable } from '../db/assert-reachable.ts';
import { timeAhead } from '../db/clock.ts';
import { describeServer, describeWeakness } from '../db/connection-options.ts';
import type { Database } from '../db/database.ts';
import { type Explanation, explainFailure } from '../db/explain-failure.ts';
import { readSchemaState, type SchemaState } from '../db/schema-state.ts';
import { findUnsuitable, readServerInfo } from '../db/server-info.ts';
import { countMails } from '../mail/outbox-store.ts';
import { unopenedSigningKeys } from '../signing-keys/check-signing-keys.ts';
import { listSigningKeys } from '../signing-keys/list-signing-keys.ts';
import { checkClock } from './check-clock.ts';
import { hasCookieKeys } from './check-here.ts';
import { checkPooler } from './check-pooler.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';
import { judgeMails } from './judge-mails.ts';

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
  tryEngine?: () => Promise<Explanation | undefined>,
): Promise<Finding[]> {
  const { db, engine } = database;
  const where =
    config.databaseUrl === undefined ? config.dataDir : describeServer(config.databaseUrl);
  try {
    await assertReachable(database);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : error;
    const { reason, fix } = explainFailure(cause);
    return [fail('database', `${where}: it can't be reached: ${reason}.`, fix)];
  }
  const { answer, ahead } = await timeAhead(
    () => readServerInfo(db),
    ({ now }) => now.getTime(),
  );
  const name = engine === 'embedded' ? 'Embedded PGlite' : 'PostgreSQL';
  const told = `${name} ${answer.version} at ${where}.`;
  const unsuitable = findUnsuitable(answer) ?? (await tryEngine?.());
  const findings = [
    unsuitable === undefined
      ? judgeTls(told, config)
      : fail('database', `${told} It can't be used: ${unsuitable.reason}.`, unsuitable.fix),
    ...(engine === 'embedded' ? [] : [checkClock('the database', ahead)]),
    ...(await checkPooler(config)),
  ];
  const schema = await readSchemaState(db);
  const migrations = judgeSchema(schema, engine);
  if (schema.missing.length > 0 || schema.unfit.length > 0) {
    return [...findings, migrations, skip('mails', 'They need the migrations.')];
  }
  return [
    ...findings,
    migrations,
    ...judgeMails(await countMails(db)),
    ...(await checkKeys(database, config)),
  ];
}

function judgeTls(message: string, { databaseUrl }: Config): Finding {
  const weakness = databaseUrl && describeWeakness(databaseUrl);
  return weakness === undefined
    ? ok('database', message)
    : warn(
        'database',
        `${message} The connection ${weakness}.`,
        'Set sslmode=verify-full in DATABASE_URL, and sslrootcert if the authority is private.',
      );
}

function judgeSchema(schema: SchemaState, engine: Database['engine']): Finding {
  const { missing, waiting, newer, unfit } = schema;
  if (unfit.length > 0) {
    return fail(
      'migrations',
      `The database is too new for this version: ${unfit.join(', ')}.`,
      'Use the version that migrated it, or a later one.',
    );
  }
  const pending = [...missing, ...waiting];
  const message = `${pending.length} have not run: ${pending.join(', ')}.`;
  if (missing.length > 0 && engine === 'postgresql') {
    return fail(
      'migrations',
      message,
      'Run "stagedoor migrate": the server does not start before.',
    );
  }
  if (pending.length > 0) {
    const fix =
      engine === 'embedded'
        ? 'The server runs them when it starts; or run "stagedoor migrate".'
        : 'Run "stagedoor migrate". This version works without them, the next one does not.';
    return warn('migrations', message, fix);
  }
  return ok(
    'migrations',
    newer.length > 0
      ? `All have run, and ${newer.join(', ')} of a newer version, with which this one works.`
      : 'All have run.',
  );
}

async function checkKeys({ db }: Database, config: Config): Promise<Finding[]> {
  const signing = (await listSigningKeys(db, config)).find(({ state }) => state === 'signing');
  if (signing === undefined) {
    return [warn('signing keys', 'There are none yet.', 'The server makes one when it starts.')];
  }
  if (!(await hasCookieKeys(config))) {
    return [
      fail(
        'signing keys',
        'There are some, but not the cookie keys that open them.',
        'Set COOKIE_KEYS or DATA_DIR as for the server.',
      ),
    ];
  }
  const unopened = await unopenedSigningKeys(db, await cookieKeysOf(config));
  if (unopened.length > 0) {
    return [
      fail(
        'signing keys',
        `The COOKIE_KEYS of this process do not open ${unopened.join(', ')}.`,
        'Add the earlier key at the end of COOKIE_KEYS; if it is lost, run "stagedoor keys rotate --now".',
      ),
    ];
  }
  const age = Math.floor((Date.now() - signing.signsFrom.getTime()) / DAY);
  const limit = config.signingKeyMaxAgeDays;
  return [
    limit > 0 && age > limit + GRACE
      ? warn(
          'signing keys',
          `The one that signs is ${age} days old, and ${limit} are allowed.`,
          'A running server replaces it by itself: start one, or run "stagedoor keys rotate".',
        )
      : ok('signing keys', `The one that signs is ${age} days old.`),
  ];
}
