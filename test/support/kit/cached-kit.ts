import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerInfo, ResourceServer, ResourceServerOptions } from '@stagedoor/resource-server';
import { type AskAnswer, ask, bearer, createKit } from './ask.ts';
import { type FakeIssuer, TOKEN } from './fake-issuer.ts';

/** A kit with a cache, and where its last answer came from. */
export interface CachedKit {
  readonly kit: ResourceServer;
  /** Tells its requests from those of other kits. */
  readonly clientId: string;
  /** Time of `performance.now()`. */
  readonly createdAt: number;
  readonly origin: () => AnswerInfo['origin'] | undefined;
}

let kits = 0;

/** Creates a kit with a cache of 100 entries. */
export function createCachedKit(
  issuer: FakeIssuer,
  cache: Partial<ResourceServerOptions['cache']> = {},
  options: Partial<ResourceServerOptions> = {},
): CachedKit {
  const createdAt = performance.now();
  const origins: AnswerInfo['origin'][] = [];
  const onAnswer = ({ origin }: AnswerInfo) => origins.push(origin);
  kits += 1;
  const clientId = `api${kits}`;
  const more = { cache: { entries: 100, onAnswer, ...cache }, clientId, ...options };
  const kit = createKit(issuer, more);
  return { kit, clientId, createdAt, origin: () => origins.at(-1) };
}

/** Asks until the answer comes from memory: the changes feed has been read, and vouches for it. */
export async function warmUp({ kit, origin }: CachedKit, token = TOKEN): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(5)) {
    assert.equal((await ask(kit, { headers: bearer(token) })).status, 200);
    if (origin() === 'memory') {
      return;
    }
  }
  assert.fail('No answer came from memory.');
}

/**
 * Returns the times between which a kit has sent its last request for changes that gave a lease, by
 * `performance.now()`: after the arrival of the third but last one, before the arrival of the last.
 */
export function lastReading(issuer: FakeIssuer, { clientId, createdAt }: CachedKit) {
  const own = `Basic ${Buffer.from(`${clientId}:s%2Becret`).toString('base64')}`;
  const times = issuer.requests
    .filter(({ path, authorization }) => path.startsWith('/changes') && authorization === own)
    .map(({ at }) => at);
  const latest = times.at(-1);
  assert.ok(latest !== undefined, 'The feed was not read.');
  return { earliest: times.at(-3) ?? createdAt, latest };
}

/** Asserts that answers were used for so many milliseconds after the last reading of the feed. */
export function assertLasted(
  milliseconds: number,
  { earliest, latest }: { readonly earliest: number; readonly latest: number },
  { asked, answered }: { readonly asked: number; readonly answered: number },
): void {
  assert.ok(asked - latest < milliseconds, `still used after ${asked - latest} ms`);
  assert.ok(answered - earliest >= milliseconds, `not used after ${answered - earliest} ms`);
}

/**
 * Asks until the answer is this one. Returns when the last question with another answer was asked, and
 * when this answer arrived, by `performance.now()`: on a busy machine both are far apart.
 */
export async function statusBecomes(
  status: number,
  question: () => Promise<AskAnswer>,
): Promise<{ asked: number; answered: number }> {
  const begun = performance.now();
  let asked = begun;
  for (;;) {
    const next = performance.now();
    const answer = await question();
    const answered = performance.now();
    if (answer.status === status) {
      return { asked, answered };
    }
    assert.ok(answered - begun < 30_000, `${status} in time`);
    asked = next;
    await sleep(20);
  }
}
