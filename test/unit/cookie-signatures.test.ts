import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cookieSignatures } from '../../src/oidc/cookie-signatures.ts';

/** Signed by the package `keygrip`. */
const DATA = 'session=abc~?';
const BY_FIRST = 'NZsEWK_TJs5JE48LJquznYGlSNk';
const BY_SECOND = '0NJCtDkI-BGQUo1_05ZhwyLHQho';

test('signatures of cookies are those of Koa: the first key signs, all verify', () => {
  const signatures = cookieSignatures(['first key', 'second key']);
  assert.equal(signatures.sign(DATA), BY_FIRST);
  assert.equal(signatures.index(DATA, BY_FIRST), 0);
  assert.equal(signatures.index(DATA, BY_SECOND), 1);
  for (const wrong of ['', BY_FIRST.slice(1), BY_FIRST.replace('N', 'M'), `${BY_FIRST}=`]) {
    assert.equal(signatures.index(DATA, wrong), -1);
    assert.equal(signatures.verify(DATA, wrong), false);
  }
});
