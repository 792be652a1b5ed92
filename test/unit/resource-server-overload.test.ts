import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTurns } from '../../src/kit/turns.ts';
import { newCredential } from '../../src/lib/credentials.ts';
import { ask, bearer, createKit } from '../support/kit/ask.ts';
import { type Answer, facts, json, useFakeIssuer } from '../support/kit/fake-issuer.ts';

const issuer = useFakeIssuer();
const active: Answer = (...exchange) => json({ ...facts(), iss: issuer.url })(...exchange);

describe('Questions of a kit with a cache', () => {
  /** Begins 65 questions, of which one has no turn. */
  const begin = () => {
    const takeTurns = createTurns();
    const asked: PromiseWithResolvers<string>[] = [];
    const answers = Array.from({ length: 65 }, () =>
      takeTurns(() => {
        const question = Promise.withResolvers<string>();
        asked.push(question);
        return question.promise;
      }),
    );
    assert.equal(asked.length, 64);
    return { asked, first: answers[0], last: answers[64] };
  };

  test('are under way 64 at a time; the next one is asked when one is answered', async () => {
    const { asked, first, last } = begin();
    asked[0]?.resolve('first');
    assert.equal(await first, 'first');
    assert.equal(asked.length, 65);
    asked[64]?.resolve('last');
    assert.equal(await last, 'last');
  });

  test('are under way 64 at a time; the next one is asked when one fails', async () => {
    const { asked, first } = begin();
    asked[0]?.reject(new Error('failed'));
    await assert.rejects(async () => first, /failed/);
    assert.equal(asked.length, 65);
  });

  test('are refused without having been asked if they have no turn within a second', async () => {
    const { asked, last } = begin();
    await assert.rejects(async () => last, { name: 'UnavailableError', code: 'overloaded' });
    assert.equal(asked.length, 64);
  });

  test('delay the changes feed by 64 at most, of a server that does one thing at a time', async () => {
    const kit = createKit(issuer, { cache: { entries: 10_000 } });
    issuer.answer(active);
    // The first question reads the metadata, and may take too long.
    while ((await ask(kit)).status !== 200) {}
    let queued = 0;
    let last = Promise.resolve();
    const ahead: number[] = [];
    const inTurn =
      (answer: Answer): Answer =>
      (...exchange) => {
        queued += 1;
        last = last
          .then(() => sleep(2))
          .then(() => {
            queued -= 1;
            answer(...exchange);
          });
      };
    issuer.answer(inTurn(active));
    issuer.feedAnswer((...exchange) => {
      ahead.push(queued);
      inTurn(issuer.feed.answer)(...exchange);
    });
    const tokens = Array.from({ length: 500 }, () => newCredential('sda'));
    await Promise.all(tokens.map((token) => ask(kit, { headers: bearer(token) })));
    const most = Math.max(...ahead);
    assert.ok(most <= 64, `${most} questions were ahead of a request for changes`);
  });
});
