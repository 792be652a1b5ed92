import { createResourceServer, type ResourceServer } from '@stagedoor/resource-server';
import { createPlatform } from '../support/factories.ts';
import { type ClientCredentials, manage } from '../support/platform.ts';
import { OPERATOR_TOKEN, prepareEnvironment } from '../support/server-environment.ts';
import { tokenOf } from './data.ts';
import { fillTables } from './fill-tables.ts';
import { type MeasuredServer, startMeasured } from './measured-server.ts';
import { runAndExit } from './run-and-exit.ts';
import { withPostgres } from './with-postgres.ts';

/** Tokens in use. The n-th most frequent one is in 1/n as many requests as the first. */
const TOKENS = 10_000;
const REQUESTS_PER_SECOND = 500;
const SECONDS = 10;
/** Revocations per minute, as a share of the tokens. */
const REVOKED = 0.01;
/** Lifetime in the plain cache. */
const TTL = 10_000;
const HITS = 100_000;

/** Verifies a token; false if it is refused. */
type Verify = (token: string) => Promise<boolean>;

/** A way to verify tokens. */
interface Contender {
  readonly name: string;
  readonly verify: Verify;
  /** Introspections so far. */
  readonly introspections: () => number;
}

interface Result {
  readonly name: string;
  readonly requests: number;
  readonly introspections: number;
  readonly apiCpu: number;
  readonly serverCpu: number;
  /** Milliseconds from a revocation to the last request that was let in. */
  readonly late: number;
}

/**
 * Compares the kit's cache with none and with one that keeps answers for ten seconds: `npm run
 * bench:kit`. The API runs in this process, Stagedoor in another one.
 */
async function main(): Promise<void> {
  await withPostgres(async () => {
    const environment = await prepareEnvironment();
    const server = await startMeasured('stagedoor-server.ts', environment.variables);
    try {
      const { issuer } = environment;
      const managed = { issuer, operatorToken: OPERATOR_TOKEN };
      const { application, resourceServer, ada } = await createPlatform(managed);
      const filling = { clientId: application.clientId, passwordOf: ada.id, signingIn: [] };
      await fillTables(environment.variables.DATABASE_URL ?? '', filling);
      await measureHits(issuer, resourceServer);
      const results: Result[] = [];
      for (const contender of contendersOf(issuer, resourceServer)) {
        results.push(await measure(contender, server, managed, results.length));
      }
      print(results);
    } finally {
      await server.stop();
      await environment.remove();
    }
  });
}

function createKit(
  issuer: string,
  { clientId, clientSecret = '' }: ClientCredentials,
  onAnswer?: (origin: string) => void,
): ResourceServer {
  const cache = onAnswer && {
    entries: 2 * TOKENS,
    onAnswer: ({ origin }: { origin: string }) => onAnswer(origin),
  };
  const onUnavailable = () => undefined;
  return createResourceServer({ issuer, clientId, clientSecret, cache, onUnavailable });
}

function verifierOf(kit: ResourceServer): Verify {
  return (token) =>
    kit.verify({ method: 'GET', headers: { authorization: `Bearer ${token}` } }).then(
      () => true,
      () => false,
    );
}

function contendersOf(issuer: string, caller: ClientCredentials): Contender[] {
  const counts = { none: 0, ttl: 0, feed: 0 };
  const count =
    (name: 'none' | 'ttl', verify: Verify): Verify =>
    (token) => {
      counts[name] += 1;
      return verify(token);
    };
  const plain = verifierOf(createKit(issuer, caller));
  const cached = createKit(issuer, caller, (origin) => {
    counts.feed += origin === 'server' ? 1 : 0;
  });
  return [
    { name: 'no cache', verify: count('none', plain), introspections: () => counts.none },
    {
      name: `plain cache, ${TTL / 1000} s`,
      verify: withTtl(count('ttl', plain)),
      introspections: () => counts.ttl,
    },
    { name: 'kit', verify: verifierOf(cached), introspections: () => counts.feed },
  ];
}

/** A cache with a fixed lifetime, as a service would write it. */
function withTtl(verify: Verify): Verify {
  const known = new Map<string, { readonly answer: Promise<boolean>; readonly until: number }>();
  return (token) => {
    const entry = known.get(token);
    if (entry !== undefined && entry.until > performance.now()) {
      return entry.answer;
    }
    const answer = verify(token);
    known.set(token, { answer, until: performance.now() + TTL });
    return answer;
  };
}

/** Measures requests of one token that is in memory, one at a time. */
async function measureHits(issuer: string, caller: ClientCredentials): Promise<void> {
  let origin = '';
  const verify = verifierOf(
    createKit(issuer, caller, (from) => {
      origin = from;
    }),
  );
  const token = tokenOf('sda', TOKENS + 1);
  while (origin !== 'memory') {
    await verify(token);
  }
  const times: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const before = process.cpuUsage();
    for (let i = 0; i < HITS / 10; i += 1) {
      await verify(token);
    }
    times.push(cpuSince(before) / (HITS / 10));
  }
  const median = times.toSorted((a, b) => a - b)[5] ?? Number.NaN;
  console.log(
    `\nA request from memory: ${median.toFixed(1)} µs of CPU, ${Math.round(1e6 / median)} a second, node ${process.version}`,
  );
}

async function measure(
  { name, verify, introspections }: Contender,
  server: MeasuredServer,
  managed: { readonly issuer: string; readonly operatorToken: string },
  round: number,
): Promise<Result> {
  const pick = createPicker();
  if (round > 0) {
    await Promise.all(Array.from({ length: 16 }, (_, n) => warmUp(verify, n, 16)));
  }
  const revoked = new Map<string, number>();
  let late = 0;
  const request = async (token: string) => {
    const isAdmitted = await verify(token);
    const since = revoked.get(token);
    late = isAdmitted && since !== undefined ? Math.max(late, performance.now() - since) : late;
  };
  const [cpu, serverCpu, asked] = [process.cpuUsage(), await server.cpu(), introspections()];
  const begun = performance.now();
  const underWay = new Set<Promise<void>>();
  let [requests, revocations] = [0, 0];
  for (let passed = 0; passed < SECONDS * 1000; passed = performance.now() - begun) {
    for (; requests < (passed / 1000) * REQUESTS_PER_SECOND && underWay.size < 64; requests += 1) {
      const one = request(pick()).finally(() => underWay.delete(one));
      underWay.add(one);
    }
    if (revocations < (passed / 60_000) * REVOKED * TOKENS) {
      // Frequent ones, so that the delay can be seen; other ones for each contender.
      const grant = 10 + 3 * revocations + round;
      revocations += 1;
      void manage(managed, 'POST', `/api/v1/grants/grant-${grant}/revoke/`).then(() =>
        revoked.set(tokenOf('sda', grant), performance.now()),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(underWay);
  return {
    name,
    requests,
    late,
    introspections: introspections() - asked,
    apiCpu: cpuSince(cpu) / requests,
    serverCpu: ((await server.cpu()) - serverCpu) / requests,
  };
}

async function warmUp(verify: Verify, first: number, step: number): Promise<void> {
  for (let grant = first; grant < TOKENS; grant += step) {
    await verify(tokenOf('sda', grant));
  }
}

/** Returns a function that picks tokens by Zipf's law. */
function createPicker(): () => string {
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= TOKENS; rank += 1) {
    sum += 1 / rank;
    sums.push(sum);
  }
  return () => {
    const wanted = Math.random() * sum;
    let [low, high] = [0, TOKENS - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      [low, high] = (sums[middle] ?? 0) < wanted ? [middle + 1, high] : [low, middle];
    }
    return tokenOf('sda', low);
  };
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function print(results: readonly Result[]): void {
  console.log(
    `\n${TOKENS} tokens (Zipf), ${REQUESTS_PER_SECOND} requests a second for ${SECONDS} s, ${REVOKED * 100} % revoked a minute`,
  );
  console.table(
    results.map(({ name, requests, introspections, apiCpu, serverCpu, late }) => ({
      cache: name,
      'hits, %': Number((100 * (1 - introspections / requests)).toFixed(1)),
      'introspections saved': requests - introspections,
      'API, CPU µs/request': Math.round(apiCpu),
      'server, CPU µs/request': Math.round(serverCpu),
      'let in after revocation, ms': Math.round(late),
    })),
  );
}

await runAndExit(main);
