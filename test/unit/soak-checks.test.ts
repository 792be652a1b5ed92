import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLive } from '../soak/chains.ts';
import { listen } from '../support/kit/frameworks.ts';

test('A live token of the soak: only an answered introspection counts as a check', async (t) => {
  let status = 200;
  const api = await listen((_, response) => {
    const body = status === 200 ? { active: true, scope: 'read' } : { error: 'invalid_client' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  t.after(() => api.close());
  const counted: string[] = [];
  const soak = {
    site: {
      issuer: api.url,
      resourceServer: { clientId: 'api', clientSecret: 'secret' },
    },
    ledger: {
      violate: (kind: string) => void counted.push(kind),
      count: (action: string) => void counted.push(action),
    },
  };
  const check = async (answered: number) => {
    status = answered;
    counted.length = 0;
    return checkLive(soak, { accessToken: 'token', scopes: ['read'], grantId: 'grant' });
  };
  assert.equal(await check(200), true);
  assert.deepEqual(counted, ['introspection of a live token']);
  for (const refused of [401, 403, 429]) {
    assert.equal(await check(refused), false, String(refused));
    assert.deepEqual(counted, ['unexpected answer']);
  }
  assert.equal(await check(503), false);
  assert.deepEqual(counted, []);
});
