import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { withPlatform } from '../support/fixture.ts';
import { startServer, type TestServer } from '../support/server.ts';
import {
  basic,
  introspect,
  type ObtainedTokens,
  obtainTokens,
  postForm,
  refresh,
} from '../support/tokens.ts';

const SIGNED = 'application/token-introspection+jwt';

describe('Introspection request', () => {
  const { server, platform } = withPlatform();
  let tokens: ObtainedTokens;
  const caller = platform.resourceServer;

  before(async () => {
    const { application, ada: user } = platform;
    tokens = await obtainTokens(server, { application, user, scope: 'read write profile' });
  });

  /** Posts these parameters, with client credentials in the header unless `header` is false. */
  const post = (
    parameters: readonly (readonly [name: string, value: string])[],
    options: { readonly header?: boolean; readonly accept?: string; endpoint?: string } = {},
  ) =>
    fetch(`${server.issuer}/api/v1/oauth/${options.endpoint ?? 'introspect'}`, {
      method: 'POST',
      headers: {
        accept: options.accept ?? 'application/json',
        ...(options.header === false
          ? {}
          : { authorization: basic(caller.clientId, caller.clientSecret ?? '') }),
      },
      body: new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])),
    });
  const outcome = async (answer: Response) => {
    const body = JSON.parse(await answer.text());
    return [answer.status, body.error ?? body.active];
  };

  it('with a repeated parameter: invalid_request', async () => {
    const id = ['client_id', caller.clientId] as const;
    const secret = ['client_secret', caller.clientSecret ?? ''] as const;
    const token = ['token', tokens.accessToken] as const;
    const hint = ['token_type_hint', 'access_token'] as const;
    const nonce = ['nonce', 'n'] as const;
    for (const repeated of [id, secret, token, hint, nonce]) {
      for (const second of [repeated, [repeated[0], 'other'], [repeated[0], '']] as const) {
        for (const order of [
          [id, secret, token, hint, nonce, second],
          [second, id, secret, token, hint, nonce],
        ]) {
          const answer = await post(order, { header: false });
          assert.deepEqual(await outcome(answer), [400, 'invalid_request'], `${repeated[0]}`);
        }
      }
    }
    for (const repeated of [id, token, hint, nonce]) {
      const answer = await post([token, repeated, repeated]);
      assert.deepEqual(await outcome(answer), [400, 'invalid_request'], `header, ${repeated[0]}`);
    }
  });

  it('with a client_id that differs from the Authorization header: invalid_request', async () => {
    const token = ['token', tokens.accessToken] as const;
    const { application } = platform;
    for (const other of [application.clientId, `${caller.clientId} `, 'unknown', '__proto__']) {
      for (const endpoint of ['introspect', 'revoke_token']) {
        const answer = await post([token, ['client_id', other]], { endpoint });
        assert.deepEqual(await outcome(answer), [400, 'invalid_request'], `${endpoint} ${other}`);
      }
    }
    const same = await post([token, ['client_id', caller.clientId]]);
    assert.deepEqual(await outcome(same), [200, true]);
  });

  it('with unknown parameters, also repeated: accepted', async () => {
    const answer = await post([
      ['token', tokens.accessToken],
      ['resource', 'https://api.example.com'],
      ['x', '1'],
      ['x', '2'],
      ['__proto__', '1'],
      ['constructor', '1'],
      ['client_assertion', ''],
    ]);
    assert.deepEqual(await outcome(answer), [200, true]);
  });

  it('for a signed response: the signature covers token and nonce', async () => {
    const ask = async (token: string, nonce?: string) => {
      const parameters = [['token', token] as const];
      const answer = await post(
        nonce === undefined ? parameters : [...parameters, ['nonce', nonce]],
        { accept: SIGNED },
      );
      assert.equal(answer.status, 200);
      return decodeJwt(await answer.text());
    };
    const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url');
    for (const token of [tokens.accessToken, 'unknown', 'ünknown']) {
      const claims = await ask(token, 'n-0S6_WzA2Mj');
      assert.deepEqual([claims.ath, claims.nonce], [hashOf(token), 'n-0S6_WzA2Mj']);
      assert.equal('nonce' in (await ask(token)), false);
    }
    for (const nonce of ['', ' ', 'a b', 'ä', 'x'.repeat(129)]) {
      const parameters = [
        ['token', tokens.accessToken],
        ['nonce', nonce],
      ] as const;
      assert.deepEqual(await outcome(await post(parameters, { accept: SIGNED })), [
        400,
        'invalid_request',
      ]);
      // An unsigned response can't contain the nonce, which is an unknown parameter there.
      assert.deepEqual(await outcome(await post(parameters)), [200, true]);
    }
  });

  describe('after a scope was removed from the server', () => {
    let later: TestServer;
    const start = async (...names: string[]) => {
      const scopes = names.map((name) => [
        name,
        { text: name, organizers: name !== 'profile', writes: name === 'write' },
      ]);
      const first = names[0] ?? '';
      return startServer({
        DATABASE_URL: server.config.databaseUrl ?? '',
        SCOPES: JSON.stringify(Object.fromEntries(scopes)),
        DEFAULT_SCOPES: first,
      });
    };
    const bearer = (at: TestServer, path: string) =>
      fetch(`${at.issuer}/api/v1/${path}`, {
        headers: { authorization: `Bearer ${tokens.accessToken}` },
      });

    it('the response to resource servers and applications omits the scope', async (t) => {
      later = await start('read', 'added');
      t.after(() => later.close());
      for (const [as, token] of [
        [caller, tokens.accessToken],
        [platform.application, tokens.accessToken],
        [platform.application, tokens.refreshToken],
      ] as const) {
        const { body } = await introspect(later, as, token);
        assert.deepEqual([body.active, body.scope], [true, 'read']);
      }
      assert.equal((await bearer(later, 'organizers/')).status, 200);
      assert.equal((await bearer(later, 'me')).status, 403);
      // The scope may return: the grant still contains it.
      const { body } = await introspect(server, caller, tokens.accessToken);
      assert.equal(body.scope?.split(' ').sort().join(' '), 'profile read write');
    });

    it('a token without a remaining scope is inactive', async (t) => {
      later = await start('added');
      t.after(() => later.close());
      const { body } = await introspect(later, caller, tokens.accessToken);
      assert.deepEqual(body, { active: false });
      assert.equal((await bearer(later, 'organizers/')).status, 401);
    });

    it('a refreshed token does not contain the scope', async (t) => {
      later = await start('read', 'added');
      t.after(() => later.close());
      const answer = await refresh(later, platform.application, tokens.refreshToken);
      assert.deepEqual([answer.status, answer.body.scope], [200, 'read']);
      const { body } = await introspect(later, caller, answer.body.access_token ?? '');
      assert.equal(body.scope, 'read');
      await postForm(later, 'revoke_token', platform.application, {
        token: answer.body.access_token ?? '',
      });
    });
  });
});
