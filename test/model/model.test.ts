import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { signIn } from '../support/flow.ts';
import type { ModelUser } from './model.ts';
import { RACES } from './races.ts';
import { newModel, type System, startSystem } from './system.ts';
import { actions, runWalk } from './walk.ts';

const soak = process.env.SOAK === '1';
const seed = process.env.MODEL_SEED;

/** Number of walks, and of steps of the longest one. About half of the steps do not apply. */
const WALKS = soak ? 700 : 12;
const LONGEST = soak ? 60 : 40;
/** Rounds of each race. The second request is sent up to `DELAYS` milliseconds later. */
const ROUNDS = soak ? 300 : 2;
const DELAYS = 20;

for (const retrySeconds of soak ? [600, 0] : [600]) {
  describe(`Two processes with REFRESH_RETRY_SECONDS=${retrySeconds}`, () => {
    let system: System;
    let owner: ModelUser;
    before(async () => {
      system = await startSystem(retrySeconds);
      owner = await signedInUser(system);
    });
    after(() => system.close());

    test('random requests: after each one, exactly the expected tokens are live', async (t) => {
      let steps = 0;
      const property = fc.asyncProperty(actions(LONGEST), async (walk) => {
        steps += await runWalk(system, walk);
      });
      await fc.assert(property, {
        numRuns: WALKS,
        ...(seed !== undefined && { seed: Number(seed) }),
      });
      t.diagnostic(`${steps} steps`);
      assert.ok(steps > WALKS, `only ${steps} steps applied`);
    });

    for (const [name, race] of Object.entries(RACES)) {
      test(name, async () => {
        for (let round = 0; round < ROUNDS; round += 1) {
          await race({ ...system, owner, delay: (round * 7) % DELAYS });
        }
      });
    }
  });
}

async function signedInUser(system: System): Promise<ModelUser> {
  const { users } = await newModel(system);
  const [owner] = users;
  assert.ok(owner);
  for (const agent of owner.agents) {
    await signIn(agent, await agent.get('/login'), owner.user);
  }
  return owner;
}
