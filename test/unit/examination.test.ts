import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createExamination } from '../../src/health/examination.ts';
import { type Finding, ok } from '../../src/health/finding.ts';

describe('The examination of a running server', () => {
  test('runs once for all calls within 30 seconds', async () => {
    let runs = 0;
    let time = 1_000_000;
    const examine = createExamination(
      {
        node: async () => {
          runs += 1;
          return [ok('node', `Run ${runs}.`)];
        },
      },
      { now: () => time },
    );
    const [first, second] = await Promise.all([examine(), examine()]);
    assert.equal(first, second);
    assert.equal(first.at.getTime(), time);
    time += 29_999;
    assert.equal(await examine(), first);
    time += 1;
    assert.equal((await examine()).findings[0]?.message, 'Run 2.');
  });

  test('does not wait for a check that hangs, and reports one that throws', async () => {
    const checks: Record<string, () => Promise<Finding[]>> = {
      database: () => new Promise(() => {}),
      issuer: async () => {
        throw new Error('Broken');
      },
      node: async () => [ok('node', 'Fine.')],
    };
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
