import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createResourceServer } from '@stagedoor/resource-server';
import { isWellFormed, newCredential } from '../../src/lib/credentials.ts';
import { ask, bearer, createKit } from '../support/kit/ask.ts';
import { TOKEN, useFakeIssuer } from '../support/kit/fake-issuer.ts';

const issuer = useFakeIssuer();

describe('Request without a usable token', () => {
  for (const [name, headers] of [
    ['no header', {}],
    ['an empty header', { authorization: '' }],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['only the scheme', { authorization: 'Bearer' }],
    ['the scheme and a space', { authorization: 'Bearer  ' }],
    ['an operator token', { authorization: `Token ${newCredential('sdo')}` }],
  ] as const) {
    test(`gets a challenge without an error code: ${name}`, async () => {
      const answer = await ask(createKit(issuer), { headers });
      assert.equal(answer.status, 401);
      assert.equal(answer.challenge, 'Bearer realm="api"');
      assert.deepEqual(answer.body, { detail: 'Authentication credentials were not provided.' });
      assert.equal(issuer.requests.length, 0);
    });
  }

  const wrongChecksum = TOKEN.slice(0, -1) + (TOKEN.endsWith('0') ? '1' : '0');
  for (const [name, authorization] of [
    ['a refresh token', `Bearer ${newCredential('sdr')}`],
    ['a client secret', `Bearer ${newCredential('sds')}`],
    ['an operator token', `Bearer ${newCredential('sdo')}`],
    ['a refresh token under another prefix', `Bearer sda_${newCredential('sdr').slice(4)}`],
    ['a wrong checksum', `Bearer ${wrongChecksum}`],
    ['one symbol short', `Bearer ${TOKEN.slice(0, -1)}`],
    ['one symbol long', `Bearer ${TOKEN}x`],
    ['a wrong symbol', `Bearer ${TOKEN.slice(0, -1)}-`],
    ['a line break', `Bearer ${TOKEN}\n${TOKEN}`],
    ['a NUL', `Bearer ${TOKEN.slice(0, -1)}\0`],
    ['a control character', `Bearer \u001b${TOKEN.slice(1)}`],
    ['another alphabet', `Bearer ${TOKEN.slice(0, -1)}\u0430`],
    ['half of a surrogate pair', `Bearer ${TOKEN.slice(0, -1)}\ud800`],
    ['two tokens', `Bearer ${TOKEN} ${TOKEN}`],
    ['two tokens in one header', `Bearer ${TOKEN}, Bearer ${TOKEN}`],
    ['1 MB', `Bearer sda_${'a'.repeat(1 << 20)}`],
    ['1 MB of spaces', `Bearer ${' '.repeat(1 << 20)}x`],
    ['a JWT', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.'],
  ] as const) {
    test(`is refused without a request to the server: ${name}`, async () => {
      const answer = await ask(createKit(issuer), { headers: { authorization } });
      assert.equal(answer.status, 401);
      assert.equal(answer.challenge, 'Bearer realm="api", error="invalid_token"');
      assert.deepEqual(answer.body, { detail: 'The access token is not valid.' });
      assert.equal(issuer.requests.length, 0);
    });
  }

  test('with two Authorization headers is refused', async () => {
    const headers = { authorization: [`Bearer ${TOKEN}`, 'Basic YTpi'] };
    assert.equal((await ask(createKit(issuer), { headers })).status, 401);
    assert.equal(
      (
        await ask(createKit(issuer), {
          headers: {
            authorization: [`Bearer ${TOKEN}`, `Bearer ${TOKEN}`],
          },
        })
      ).status,
      401,
    );
    assert.equal(issuer.requests.length, 0);
  });

  test('with two Authorization headers in a `Headers` object is refused', async () => {
    const headers = new Headers(bearer());
    headers.append('authorization', `Bearer ${TOKEN}`);
    assert.equal((await ask(createKit(issuer), { headers })).status, 401);
    assert.equal(issuer.requests.length, 0);
  });
});

describe('Format of access tokens', () => {
  test('is the same in the kit and the server', async () => {
    const lookedUp = new Set<string>();
    const kit = createResourceServer({
      lookUp: async (token) => {
        lookedUp.add(token);
        return undefined;
      },
    });
    for (let i = 0; i < 500; i += 1) {
      const token = newCredential('sda');
      const at = i % token.length;
      const changed = token.slice(0, at) + (token[at] === 'x' ? 'y' : 'x') + token.slice(at + 1);
      for (const value of [token, changed, newCredential('sdr'), `x${token}`, token.slice(1), '']) {
        assert.equal((await ask(kit, { headers: bearer(value) })).status, 401);
        assert.equal(lookedUp.has(value), isWellFormed('sda', value), value);
      }
      assert.ok(lookedUp.has(token));
    }
  });
});
