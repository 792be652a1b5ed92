import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerInfo, ResourceServer, ResourceServerOptions } from '@stagedoor/resource-server';
import { type AskAnswer, ask, bearer, createKit } from './ask.ts';
import { type FakeIssuer, TOKEN } from './fake-issuer.ts';

/** A kit with a cache, and where its last answer came from. */
export interface CachedKit {
  readonly kit: ResourceServer;
  readonly origin: () => AnswerInfo['origin'] | undefined;
}

/** Creates a kit with a cache of 100 entries. */
export function createCachedKit(
  issuer: FakeIssuer,
  cache: Partial<ResourceServerOptions['cache']> = {},
  options: Partial<ResourceServerOptions> = {},
): CachedKit {
  const origins: AnswerInfo['origin'][] = [];
  const onAnswer = ({ origin }: AnswerInfo) => origins.push(origin);
  const kit = createKit(issuer, { cache: { entries: 100, onAnswer, ...cache }, ...options });
  return { kit, origin: () => origins.at(-1) };
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
 * Asks until the answer is this one. Returns in milliseconds when the last question with another
 * answer was asked, and when this answer arrived: on a busy machine both are far apart.
 */
export async function statusBecomes(
  status: number,
  question: () => Promise<AskAnswer>,
): Promise<{ before: number; at: number }> {
  const begun = performance.now();
  let before = 0;
  for (;;) {
    const asked = performance.now() - begun;
    const answer = await question();
    const at = performance.now() - begun;
    if (answer.status === status) {
      return { before, at };
    }
    assert.ok(at < 30_000, `${status} in time`);
    before = asked;
    await sleep(20);
  }
}
