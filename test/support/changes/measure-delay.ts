import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../../src/db/database.ts';
import { createPlatform } from '../factories.ts';
import { signIn } from '../flow.ts';
import { freePort } from '../free-port.ts';
import type { ManagedServer } from '../platform.ts';
import { type ServerProcess, startServerProcess } from '../server-process.ts';
import { startTcpProxy, type TcpProxy } from '../tcp-proxy.ts';
import { UserAgent } from '../user-agent.ts';
import { type ApiProcess, type ApiReport, sharedClock, startApiProcess } from './api-process.ts';
import { readChanges } from './read-changes.ts';
import { createSubject, type Revocation, revocationKinds, type Subject } from './revocations.ts';

/** Two server processes, some API processes, and the connections between them. */
export interface Site {
  readonly servers: readonly [ServerProcess, ServerProcess];
  readonly apis: readonly ApiProcess[];
  /** Between the API processes and both servers. */
  readonly link: TcpProxy;
}

/** A fault that lasts while tokens are revoked. */
export interface Fault {
  readonly name: string;
  /** Milliseconds from the begin to the end. */
  readonly milliseconds: number;
  begin(site: Site): unknown;
  end(site: Site): unknown;
}

/** Result of some revocations. */
export interface Delays {
  /** Revocations that were answered. */
  readonly answered: number;
  /** Largest time in milliseconds from an answered revocation to the last request that was let in. */
  readonly largest: number;
  /** Kind and fault of that revocation. */
  readonly what: string;
}

const CHILD = `${import.meta.dirname}/../cheap-server-child.ts`;
/** Requests from memory for each token and API process before it is revoked. */
const HITS = 5;
/** Milliseconds after the last revocation for which requests go on. */
const AFTER = 1_700;
/** Attempts of a revocation, and milliseconds between them. */
const ATTEMPTS = 10;
const PAUSE = 500;
/** Revocations at the same time. */
const PARALLEL = 4;

/** Processes of a site. */
interface SiteOptions {
  readonly apis: number;
  /** Returns the database URL of the second server from that of the first. */
  readonly secondDatabase?: (url: string) => string;
}

/**
 * Runs `work` with servers and API processes; `measure` makes revocations while a fault lasts, and
 * `changesAfter` reads the feed. An error of `work` is thrown instead of one of closing: a database
 * that is still down can't be dropped.
 */
export async function withSite(
  options: SiteOptions,
  work: (site: Measurement) => Promise<void>,
): Promise<void> {
  const site = await startSite(options);
  try {
    await work(site);
  } catch (error) {
    await site.close().catch(() => {});
    throw error;
  }
  await site.close();
}

type Measurement = Awaited<ReturnType<typeof startSite>>;

async function startSite(options: SiteOptions) {
  const ports = [await freePort(), await freePort()] as const;
  const front = await startTcpProxy(...ports);
  const link = await startTcpProxy(...ports);
  const settings = { ISSUER: `http://localhost:${front.port}`, TRUST_PROXY: '0' };
  const first = await startServerProcess({ ...settings, PORT: String(ports[0]) }, CHILD);
  const DATABASE_URL = options.secondDatabase?.(first.databaseUrl) ?? first.databaseUrl;
  const second = await startServerProcess(
    { ...settings, PORT: String(ports[1]), DATABASE_URL },
    CHILD,
  );
  await Promise.all(ports.map(isReady));
  const { resourceServer, ada } = await createPlatform(first);
  const database = await openDatabase({ url: DATABASE_URL, dataDir: '', connections: 4 });
  const agent = new UserAgent(first);
  await signIn(agent, await agent.get('/login'), ada);
  const introspectionEndpoint = `http://localhost:${link.port}/api/v1/oauth/introspect`;
  const { clientId, clientSecret = '' } = resourceServer;
  const api = { issuer: first.issuer, introspectionEndpoint, clientId, clientSecret };
  const apis = await Promise.all(Array.from({ length: options.apis }, () => startApiProcess(api)));
  const site: Site = { servers: [first, second], apis, link };
  const changesAfter = (cursor?: string) =>
    // At the second server, which no fault concerns.
    readChanges({ issuer: `http://localhost:${ports[1]}` }, resourceServer, cursor);
  const kinds = Object.entries(revocationKinds(agent));
  let next = 0;

  const measure = async (count: number, fault: Fault | undefined): Promise<Delays> => {
    const planned: { kind: string; revocation: Revocation; subject: Subject }[] = [];
    await inParallel(Array.from({ length: count }), async () => {
      const [kind, revocation] = kinds[next++ % kinds.length] ?? ['', () => Promise.reject()];
      planned.push({ kind, revocation, subject: await createSubject(database.db, kind) });
    });
    const tokens = planned.map(({ subject }) => subject.accessToken);
    for (const one of apis) {
      one.watch(tokens);
    }
    await Promise.all(apis.map(isWarm));
    await fault?.begin(site);
    const ended = fault && sleep(fault.milliseconds).then(() => fault.end(site));
    const answered = new Map<string, { at: number; kind: string }>();
    const server: ManagedServer = {
      // The server that no fault concerns.
      issuer: `http://localhost:${ports[1]}`,
      operatorToken: second.operatorToken,
    };
    const revoked = inParallel(planned, async ({ kind, revocation, subject }) => {
      if (await succeeds(revocation, server, subject)) {
        answered.set(subject.accessToken, { at: sharedClock(), kind });
      }
    });
    await Promise.all([revoked, ended]);
    await sleep(AFTER);
    const reports = await Promise.all(apis.map((one) => one.report()));
    return evaluate(reports, answered, fault?.name ?? 'no fault');
  };
  return {
    measure,
    changesAfter,
    close: async () => {
      // All of them, because one that stays open keeps the tests' process alive.
      const closed = await Promise.allSettled(
        [...apis, database, second, first, link, front].map((one) => one.close()),
      );
      const failed = closed.find((one) => one.status === 'rejected');
      if (failed !== undefined) {
        throw failed.reason;
      }
    },
  };
}

/** Waits for one of the two servers: both have the URL of the proxy in front of them. */
async function isReady(port: number): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
    const response = await fetch(`http://localhost:${port}/readyz`).catch(() => undefined);
    if (response?.ok === true) {
      return;
    }
  }
  throw new Error('A server is not ready after 30 seconds.');
}

/** Waits until all tokens are decided from memory. */
async function isWarm(api: ApiProcess): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(100)) {
    if ((await api.report()).every(({ hits }) => hits >= HITS)) {
      return;
    }
  }
  throw new Error('An API process has not answered from memory within a minute.');
}

/** Tries for some seconds: the database may be unreachable meanwhile. */
async function succeeds(
  revocation: Revocation,
  server: ManagedServer,
  subject: Subject,
): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      await revocation(server, subject);
      return true;
    } catch {
      await sleep(PAUSE);
    }
  }
  return false;
}

async function inParallel<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const worker = async () => {
    for (const one of left) {
      await work(one);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

function evaluate(
  reports: readonly ApiReport[],
  answered: ReadonlyMap<string, { at: number; kind: string }>,
  fault: string,
): Delays {
  let largest = Number.NEGATIVE_INFINITY;
  let what = '';
  for (const { token, lastAdmitted } of reports.flat()) {
    const revocation = answered.get(token);
    if (revocation !== undefined) {
      const delay = lastAdmitted - revocation.at;
      if (delay > largest) {
        largest = delay;
        what = `${revocation.kind}, ${fault}`;
      }
    }
  }
  return { answered: answered.size, largest, what };
}
