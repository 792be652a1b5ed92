import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entryData, LIKENESS_FIELDS } from '../../src/activity/entry-data.ts';
import { adviceOn } from '../../src/activity/pages/advice-presenters.ts';
import { sentenceOf } from '../../src/activity/pages/sentence-presenters.ts';
import { LOG_WORDS } from '../../src/console/log-words.ts';
import { translator } from '../../src/http/translate.ts';

const OWNED = { clientId: 'app', isSuspended: true, isQuestioned: true };
const ENTRY = {
  id: '7',
  actor: 'user:ada',
  happenedAt: new Date('2026-03-01T12:00:00Z'),
  clientId: 'app',
  grantId: null,
  ip: null,
  userAgent: null,
};
/** Values of every type that a field has. */
const VALUES = [true, 7, 'leaked', 'expired', ['created'], ['email'], ['failure_mails']];

/** Returns sentence and advice of an entry. */
function wordsOn(action: string, data: Readonly<Record<string, unknown>>): string {
  const entry = { ...ENTRY, action, data };
  const sentence = sentenceOf(translator('en'), 'ada', entry);
  return JSON.stringify([sentence, adviceOn([entry], OWNED, sentence.params)]);
}

test('entries are alike only if all fields are equal on which their sentence or advice depends', () => {
  const actions = Object.keys(LOG_WORDS);
  const fields = Object.keys(entryData.shape).filter((field) =>
    actions.some((action) =>
      VALUES.some((value) => wordsOn(action, { [field]: value }) !== wordsOn(action, {})),
    ),
  );
  assert.deepEqual(fields.sort(), [...LIKENESS_FIELDS].sort());
});

test('the advice on several entries is that on the most severe one', () => {
  const entryOf = (reason: string) => ({
    action: 'stagedoor.application.authentication_failed',
    data: { reason },
  });
  const leaked = { action: 'stagedoor.application.secret_deleted', data: { reason: 'leaked' } };
  const nothing = { action: 'stagedoor.user.signed_in', data: {} };
  const advise = (...entries: Parameters<typeof adviceOn>[0]) =>
    adviceOn(entries, OWNED, {})?.message;
  assert.equal(advise(nothing), undefined);
  assert.equal(advise(nothing, entryOf('expired')), 'activity.advice.old_secret');
  assert.equal(advise(nothing, entryOf('expired'), leaked), 'activity.advice.secret_leaked');
});
