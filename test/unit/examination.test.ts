import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NamedCheck } from '../../src/health/checks.ts';
import { createExamination } from '../../src/health/examination.ts';
import { fail, findingHtml, ok } from '../../src/health/finding.ts';
import { CATALOGUES, type Message } from '../../src/http/translate.ts';

describe('The examination of a running server', () => {
  test('runs once for all calls within 30 seconds', async () => {
    let runs = 0;
    let time = 1_000_000;
    const examine = createExamination(
      [
        [
          'node',
          async () => {
            runs += 1;
            return [ok('health.node.fit', { version: runs })];
          },
        ],
      ],
      { now: () => time },
    );
    const [first, second] = await Promise.all([examine(), examine()]);
    assert.equal(first, second);
    assert.equal(first.at.getTime(), time);
    time += 29_999;
    assert.equal(await examine(), first);
    time += 1;
    assert.equal((await examine()).findings[0]?.params.version, 2);
  });

  test('does not wait for a check that hangs, and reports one that throws', async () => {
    const checks: NamedCheck[] = [
      ['database', () => new Promise(() => {})],
      ['issuer', () => Promise.reject(new Error('Broken'))],
      ['node', async () => [ok('health.node.fit', { version: 1 })]],
    ];
    const { findings } = await createExamination(checks, { limit: 1 })();
    assert.deepEqual(
      findings.map(({ check, state }) => [check, state]),
      [
        ['database', 'fail'],
        ['issuer', 'fail'],
        ['node', 'ok'],
      ],
    );
  });
});

test('On a German page, English parts of a finding are marked, and nothing in them is HTML', () => {
  const params = { where: '<db>', reason: 'no "host" <x>', fix: 'Correct it.' };
  const { message, fix } = findingHtml(fail('health.database.unreachable', params), 'de');
  const reason = '<span lang="en">no &#34;host&#34; &#60;x&#62;</span>';
  assert.equal(message, `&#60;db&#62;: nicht erreichbar: ${reason}.`);
  assert.equal(fix, '<span lang="en">Correct it.</span>');
});

describe('The texts of the checks', () => {
  const { en, de } = CATALOGUES;
  const formsOf = (message: Message | undefined) =>
    typeof message === 'string' ? [message] : [message?.one ?? '', message?.other ?? ''];
  const keys = [...en.keys()].filter((key) => key.startsWith('health.'));

  test('are in both languages, each with the title of its check', () => {
    for (const key of keys) {
      assert.ok(de.has(key), key);
      const title = key.split('.').slice(0, 2).join('.');
      assert.ok(title === 'health.check' || en.has(title), title);
      assert.ok(en.has(key.replace(/\.fix$/, '')), key);
    }
  });

  test('are translated: no sentence is the same in both', () => {
    for (const key of keys) {
      for (const [at, form] of formsOf(en.get(key)).entries()) {
        const isSentence = /[a-z]+ [a-z]+/.test(form);
        assert.ok(!isSentence || form !== formsOf(de.get(key))[at], key);
      }
    }
  });
});
