import { join } from 'node:path';
import { createApp, URGENT_PATHS } from '../app.ts';
import type { RecordAuthenticationFailure } from '../audit/authentication-failure.ts';
import { startAuthenticationFailures } from '../audit/authentication-failures.ts';
import type { Config } from '../config/config.ts';
import { cookieKeysOf, localSecret } from '../data-dir/secret.ts';
import { secureDataDir } from '../data-dir/secure-data-dir.ts';
import { leaveServerFile } from '../data-dir/server-file.ts';
import { assertReachable } from '../db/assert-reachable.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { assertSchema } from '../db/schema-state.ts';
import { assertSuitable } from '../health/assert-suitable.ts';
import { toHttpError } from '../http/http-error.ts';
import { createHttpServer } from '../http/http-server.ts';
import { takeTurns } from '../http/take-turns.ts';
import { startErrorQueue } from '../insights/error-queue.ts';
import { startRequestCounter } from '../insights/request-counter.ts';
import { startJobs } from '../jobs/start-jobs.ts';
import { newCredential } from '../lib/credentials.ts';
import { StagedoorError } from '../lib/errors.ts';
import { createLog, type Logger, standardOutput } from '../lib/log.ts';
import { startMailSender } from '../mail/sender.ts';
import { createTransport } from '../mail/transport.ts';
import { createMetrics } from '../operations/metrics.ts';
import { observeUnreadable } from '../operations/observe-requests.ts';
import { createReadiness, watchReadiness } from '../operations/readiness.ts';
import { recordConfiguration } from '../operations/record-configuration.ts';
import { startReplaySweep } from '../operations/sweep-replays.ts';
import { operatorAccess } from '../operators/access.ts';
import { startCallLog } from '../operators/call-log.ts';
import { openKeyring } from '../signing-keys/keyring.ts';
import type { DemoGuide } from '../site/home-page.ts';
import type { PasswordCost } from '../users/password.ts';
import { exitWith } from './exit.ts';
import { listen, localUrl } from './listen.ts';
import { openTracing } from './open-tracing.ts';
import { type CloseOptions, closeAfterResponses, stopServing } from './stop-serving.ts';
import { warnOfConnection } from './warn-of-connection.ts';
import { warnOfUpstream } from './warn-of-upstream.ts';
import { isFirstProcess } from './worker.ts';

/** A server that answers. */
export interface RunningServer {
  /** Its public URL. */
  readonly url: string;
  readonly database: Database;
  /** Demo URL and accounts; undefined without the demo. */
  readonly demo: DemoGuide | undefined;
  /** Lets `/readyz` answer 503, and closes each connection after its next response. */
  refuseReadiness(): void;
  /** Finishes requests that are under way, then closes everything. */
  close(options?: CloseOptions): Promise<void>;
}

/** Options that are no settings: an operator must not be able to choose them by mistake. */
export interface ServeOptions {
  /** Cost of hashing passwords; tests use a cheap one. */
  readonly passwordCost?: PasswordCost;
  /** Receives the log, for tests; standard output by default. */
  readonly logTo?: { write(line: string): void };
  /** Called when everything is loaded, before the first request. */
  readonly beforeListening?: () => void;
  /** Milliseconds until a rotation of the signing keys is noticed. */
  readonly signingKeyInterval?: number;
  /** Receives what the start does at the moment, for a person who waits. */
  readonly onProgress?: (text: string) => void;
}

/** Milliseconds: a database that hangs must not hold every connection for ever. */
const QUERY_TIMEOUT = 30_000;

/** Milliseconds from a failure of the embedded database to the end of the process. */
const END_DELAY = 500;

/** Milliseconds that all other requests wait for an atomic import on the embedded database at most. */
const ATOMIC_IMPORT_LIMIT = 10_000;

/**
 * Starts everything: database, migrations where it is the embedded one, HTTP, mail, demo.
 * @throws StagedoorError with a line for the operator where something is not as it has to be
 */
export async function serve(config: Config, options: ServeOptions = {}): Promise<RunningServer> {
  const output = standardOutput();
  const isOutage = (error: Error) => toHttpError(error).status === 503;
  const log = createLog(config.logLevel, options.logTo ?? output, isOutage);
  if (keepsFiles(config) && !(await secureDataDir(config.dataDir))) {
    const { dataDir } = config;
    log.warn({ dataDir }, 'Data folder is readable by other users of this machine; run chmod 700');
  }
  const progress = options.onProgress ?? (() => {});
  progress('Opening the database …');
  const database = await openDatabase({
    url: config.databaseUrl,
    dataDir: config.dataDir,
    connections: config.databaseConnections,
    prepare: config.databasePrepare,
    queryTimeout: QUERY_TIMEOUT,
    onBroken: (err) => {
      log.fatal({ err }, 'Embedded database is unusable; process ends');
      // After the responses to the requests that wait for it.
      setTimeout(() => exitWith(err), END_DELAY);
    },
  });
  const closers: (() => Promise<void>)[] = [async () => output.flush(), () => database.close()];
  // Stopped first and together: each may wait for a statement of a database that does not answer.
  const activities: ((options: CloseOptions) => Promise<void>)[] = [];
  const close = async (closing: CloseOptions = {}) => {
    await Promise.all(activities.splice(0).map((end) => end(closing)));
    for (const closer of closers.splice(0).reverse()) {
      await closer();
    }
  };
  try {
    if (isFirstProcess()) {
      void warnOfConnection(config, log);
      void warnOfUpstream(config, log);
    }
    await prepare(database, log, progress);
    progress('Starting the server …');
    await recordConfiguration(database.db, config);
    const metrics = createMetrics(database, config);
    closers.push(metrics.close);
    // Together: each may try for seconds, and all have to fit into the time of a stop.
    const queues: { stop(): Promise<void> }[] = [];
    closers.push(async () => {
      await Promise.all(queues.map((queue) => queue.stop()));
    });
    const requestCounter = startRequestCounter(database.db, log);
    const clientErrors = startErrorQueue(database.db, log, requestCounter);
    const failures = startAuthenticationFailures(database.db, log);
    const recordFailure: RecordAuthenticationFailure = (failure) => {
      metrics.events.authenticationFailures.count(failure.endpoint);
      failures.note(failure);
    };
    const calls = startCallLog(database.db, log);
    queues.push(clientErrors, requestCounter, failures, calls);
    const tracing = await openTracing(config, log);
    if (tracing !== undefined) {
      queues.push(tracing);
    }
    const cookieKeys = await cookieKeysOf(config);
    const operatorToken =
      config.operatorToken ??
      (config.demo
        ? await localSecret(config.dataDir, 'operator-token', () => newCredential('sdo'))
        : undefined);
    // No other process can open the embedded database: the command line goes through this server.
    const cliToken = database.engine === 'embedded' ? newCredential('sdo') : undefined;
    const keyring = await openKeyring({
      db: database.db,
      config,
      log,
      secrets: cookieKeys,
      interval: options.signingKeyInterval,
    });
    activities.push(() => keyring.stop());
    const findObstacle = createReadiness({ database, log });
    activities.push(watchReadiness(findObstacle));
    let demoGuide: DemoGuide | undefined;
    const ending = new AbortController();
    let isReady = true;
    const app = createApp({
      config,
      database,
      log,
      metrics,
      cookieKeys,
      keyring,
      operators: operatorAccess({
        db: database.db,
        tokens: { operatorToken, cliToken },
        calls,
        recordFailure,
      }),
      clientErrors,
      requestCounter,
      recordFailure,
      ending: ending.signal,
      findObstacle,
      isStopping: () => !isReady,
      atomicImportLimit: database.engine === 'embedded' ? ATOMIC_IMPORT_LIMIT : undefined,
      traceRequests: tracing?.traceRequests,
      demoGuide: () => demoGuide,
      passwordCost: options.passwordCost,
    });
    options.beforeListening?.();
    const listener = takeTurns(app.callback(), URGENT_PATHS);
    const onUnreadable = observeUnreadable(metrics, log);
    const server = await listen(createHttpServer(listener, { site: config, onUnreadable }), config);
    activities.push((closing) => stopServing(server, ending, closing));
    metrics.markServing();
    if (cliToken !== undefined) {
      const contents = { url: localUrl(server, config), pid: process.pid, token: cliToken };
      activities.push(await leaveServerFile(config.dataDir, contents));
    }
    const sender = startMailSender({
      database,
      transport: createTransport(config),
      log,
      issuer: config.issuer,
      scopes: config.scopes,
      platform: config.platform,
    });
    activities.push(() => sender.stop());
    activities.push(startJobs({ db: database.db, config, log }));
    activities.push(startReplaySweep(database.db, log));
    if (config.demo && operatorToken !== undefined) {
      const { ServerUnreachableError } = await import('../demo/management.ts');
      const { startDemo } = await import('../demo/start.ts');
      const { issuer, dataDir, host } = config;
      progress('Setting up the demo …');
      const mailFolder = config.smtpUrl === undefined ? join(dataDir, 'mail') : undefined;
      const demo = await startDemo({ issuer, operatorToken, dataDir, host, mailFolder }).catch(
        (error: unknown) => {
          throw error instanceof ServerUnreachableError
            ? new StagedoorError('configuration_invalid', error.message, { cause: error })
            : error;
        },
      );
      activities.push(() => demo.close());
      demoGuide = demo;
    }
    const refuseReadiness = () => {
      isReady = false;
      closeAfterResponses(server);
    };
    return { url: config.issuer, database, demo: demoGuide, refuseReadiness, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Tests if the configuration needs the data folder. */
function keepsFiles({ databaseUrl, smtpUrl, cookieKeys, demo }: Config): boolean {
  return [databaseUrl, smtpUrl, cookieKeys].includes(undefined) || demo;
}

/** The embedded database is this process's own; any other is brought up to date on purpose. */
async function prepare(
  database: Database,
  log: Logger,
  progress: (text: string) => void,
): Promise<void> {
  await assertReachable(database);
  if (database.engine === 'embedded') {
    await migrate(database, {
      onProgress: (current, total) => progress(`Preparing the database: ${current} of ${total} …`),
    });
    return;
  }
  await assertSuitable(database.db);
  const migrations = await assertSchema(database.db, 'npm run migrate');
  if (migrations.length > 0 && isFirstProcess()) {
    log.warn({ migrations }, 'Database lacks migrations that can wait; run "npm run migrate"');
  }
}
