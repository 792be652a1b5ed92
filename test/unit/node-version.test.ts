import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { systemNode } from '../support/kit/install.ts';

const ROOT = join(import.meta.dirname, '../..');
const description = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Returns the Node.js on the PATH if it is too old. */
function unsupportedNode(): string | undefined {
  const node = systemNode();
  const version = node && execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  return version !== undefined && /^v(1\d|2[01])\./.test(version) ? node : undefined;
}

describe('Oldest supported Node.js', () => {
  test('is the same in package.json, the kit, the README and the check', () => {
    const kit = JSON.parse(readFileSync(join(ROOT, 'src/kit/package.json'), 'utf8'));
    assert.equal(description.engines.node, '>=22.18');
    assert.equal(kit.engines.node, '>=22.18');
    for (const file of ['README.md', 'src/kit/README.md', 'bin/require-node.cjs']) {
      assert.match(readFileSync(join(ROOT, file), 'utf8'), /Node\.js 22\.18 (or|and) newer/);
    }
  });

  test('is checked by every npm script that runs a program of this repository', () => {
    const scripts = Object.values<string>(description.scripts);
    const commands = scripts.flatMap((script) => script.match(/\bnode .*/g) ?? []);
    assert.ok(commands.length >= 10);
    for (const command of commands) {
      const checked = /^node (-r \.\/bin\/require-node\.cjs|(--\S+ )?bin\/(stagedoor|server)\.cjs)/;
      assert.match(command, checked);
    }
    assert.equal(description.bin.stagedoor, 'bin/stagedoor.cjs');
  });

  const old = unsupportedNode();
  test('is named in one line when an older version runs a program', {
    skip: old === undefined,
  }, () => {
    for (const args of [['bin/server.cjs'], ['bin/stagedoor.cjs', 'user', 'list']]) {
      const { status, stdout, stderr } = spawnSync(String(old), args, { cwd: ROOT });
      assert.equal(status, 1);
      assert.equal(stdout.toString(), '');
      assert.match(
        stderr.toString(),
        /^Stagedoor needs Node\.js 22\.18 or newer\. This is v[\d.]+\.\n$/,
      );
    }
  });
});
