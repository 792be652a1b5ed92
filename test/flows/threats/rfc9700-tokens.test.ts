import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompiledQuery } from 'kysely';
import { newDpopKey, newProof, obtainBoundToken } from '../../support/dpop.ts';
import {
  putOrganizer,
  putTeam,
  registerApplication,
  registerResourceServer,
} from '../../support/factories.ts';
import { decide } from '../../support/flow.ts';
import { manage } from '../../support/platform.ts';
import { basic, exchange, introspect, postForm, refresh, revoke } from '../../support/tokens.ts';
import { describe as textOf } from '../../support/user-agent.ts';
import { assertRefused, withWorld } from './world.ts';

/** Threats of RFC 9700 to codes and tokens. Suites are named after its sections. */
const world = withWorld();

const query = (sql: string) => world.server.database.db.executeQuery(CompiledQuery.raw(sql));

describe('RFC 9700 §2.2.1: sender-constrained access tokens (DPoP, RFC 9449)', () => {
  const get = async (headers: Record<string, string>) =>
    (await fetch(`${world.server.issuer}/api/v1/me`, { headers })).status;
  const bound = async () => {
    const key = await newDpopKey();
    const token = await obtainBoundToken(world.server, key, {
      application: world.reviewed,
      user: world.ada,
      agent: world.agent,
      scope: 'profile',
      parameters: { approval_prompt: 'force' },
    });
    return { key, token, url: `${world.server.issuer}/api/v1/me` };
  };

  it('a bound token with a proof of its key is accepted', async () => {
    const { key, token, url } = await bound();
    const dpop = await newProof(key, { method: 'GET', url, token });
    assert.equal(await get({ authorization: `DPoP ${token}`, dpop }), 200);
  });

  it('a bound token without proof is refused', async () => {
    const { token } = await bound();
    assert.equal(await get({ authorization: `Bearer ${token}` }), 401);
    assert.equal(await get({ authorization: `DPoP ${token}` }), 401);
  });

  it('a proof of another key is refused', async () => {
    const { token, url } = await bound();
    const dpop = await newProof(await newDpopKey(), { method: 'GET', url, token });
    assert.equal(await get({ authorization: `DPoP ${token}`, dpop }), 401);
  });

  const wrong: Record<string, (url: string) => object> = {
    'another URL': () => ({ url: 'https://evil.example/api/v1/me' }),
    'another method': () => ({ method: 'POST' }),
    'another token': () => ({ token: 'sda_other' }),
    'an old time': () => ({ claims: { iat: Math.floor(Date.now() / 1000) - 3600 } }),
    'no jti': () => ({ claims: { jti: undefined } }),
    'another type': () => ({ header: { typ: 'jwt' } }),
  };
  for (const [name, change] of Object.entries(wrong)) {
    it(`a proof with ${name} is refused`, async () => {
      const { key, token, url } = await bound();
      const dpop = await newProof(key, { method: 'GET', url, token, ...change(url) });
      assert.equal(await get({ authorization: `DPoP ${token}`, dpop }), 401);
    });
  }

  it('a proof is accepted once', async () => {
    const { key, token, url } = await bound();
    const dpop = await newProof(key, { method: 'GET', url, token });
    assert.equal(await get({ authorization: `DPoP ${token}`, dpop }), 200);
    assert.equal(await get({ authorization: `DPoP ${token}`, dpop }), 401);
  });
});

describe('RFC 9700 §2.2.2 and §4.14: refresh token protection', () => {
  it('a reused refresh token ends the grant', async () => {
    const stolen = await world.tokens();
    const first = await refresh(world.server, world.reviewed, stolen.refreshToken);
    const { body } = await refresh(world.server, world.reviewed, first.body.refresh_token ?? '');
    assertRefused(
      await refresh(world.server, world.reviewed, stolen.refreshToken),
      'invalid_grant',
    );
    assert.equal(await world.isActive(body.access_token ?? ''), false);
    assertRefused(
      await refresh(world.server, world.reviewed, body.refresh_token ?? ''),
      'invalid_grant',
    );
  });

  it('a reused refresh token ends the grant while the application is suspended, too', async () => {
    const application = await registerApplication(world.server, { owner: 'ben' });
    const path = `/api/v1/applications/${application.clientId}`;
    const stolen = await world.tokens({ application });
    const first = await refresh(world.server, application, stolen.refreshToken);
    const { body } = await refresh(world.server, application, first.body.refresh_token ?? '');
    await manage(world.server, 'POST', `${path}/suspend/`, { reason: 'abuse' });
    await refresh(world.server, application, stolen.refreshToken);
    await manage(world.server, 'POST', `${path}/resume/`, {});
    assert.equal(await world.isActive(body.access_token ?? ''), false);
  });

  it('a refresh token is refused for another application', async () => {
    const stolen = await world.tokens();
    const thief = await registerApplication(world.server, { owner: 'ben' });
    assertRefused(await refresh(world.server, thief, stolen.refreshToken), 'invalid_grant');
    assertRefused(await refresh(world.server, world.native, stolen.refreshToken), 'invalid_grant');
    assert.equal(await world.isActive(stolen.accessToken), true);
  });

  it('a refresh token of a confidential application is refused without the secret', async () => {
    const { refreshToken } = await world.tokens();
    const withoutSecret = { ...world.reviewed, clientSecret: undefined };
    const answer = await refresh(world.server, withoutSecret, refreshToken);
    assert.equal(answer.body.error, 'invalid_client');
  });

  it('a refresh token has the scopes and organizers of its grant, never more', async () => {
    const { refreshToken } = await world.tokens({ scope: 'read', organizers: ['redstage'] });
    const wider = await refresh(world.server, world.reviewed, refreshToken, {
      scope: 'read write',
    });
    assertRefused(wider, 'invalid_scope');
    const { body } = await refresh(world.server, world.reviewed, refreshToken);
    const found = await introspect(world.server, world.resourceServer, body.access_token ?? '');
    assert.deepEqual(found.body.organizers, ['redstage']);
    assert.equal(found.body.scope, 'read');
  });

  it('a refresh token ends after 90 days without use', async () => {
    const { refreshToken } = await world.tokens();
    await query(`update refresh_tokens set expires_at = now() - interval '1 second'`);
    assertRefused(await refresh(world.server, world.reviewed, refreshToken), 'invalid_grant');
  });

  it('a refresh token ends after a revocation of either token', async () => {
    for (const kind of ['accessToken', 'refreshToken'] as const) {
      const tokens = await world.tokens();
      await revoke(world.server, world.reviewed, tokens[kind]);
      assertRefused(
        await refresh(world.server, world.reviewed, tokens.refreshToken),
        'invalid_grant',
      );
      assert.equal(await world.isActive(tokens.accessToken), false);
    }
  });
});

describe('RFC 9700 §2.3: access token privilege restriction', () => {
  it('the user allows fewer scopes: the token has no more', async () => {
    const { accessToken, scope } = await world.tokens({ scope: 'read write', scopes: ['read'] });
    assert.equal(scope, 'read');
    const found = await introspect(world.server, world.resourceServer, accessToken);
    assert.equal(found.body.scope, 'read');
  });

  it('the user allows one organizer: the token opens no other', async () => {
    const { accessToken } = await world.tokens({ organizers: ['bluehall'] });
    const found = await introspect(world.server, world.resourceServer, accessToken);
    assert.deepEqual(found.body.organizers, ['bluehall']);
    assert.deepEqual(Object.keys(found.body.permissions ?? {}), ['bluehall']);
  });

  it('a posted organizer of another user is refused', async () => {
    const page = await world.open({ prompt: 'consent' }, world.agent);
    const again = await decide(world.agent, page, { organizers: ['redstage', 'greenarena'] });
    assert.equal(again.leavesTo, undefined, textOf(again));
  });

  it('a posted scope that was not requested is refused', async () => {
    const page = await world.open({ prompt: 'consent', scope: 'read' }, world.agent);
    const again = await decide(world.agent, page, { scopes: ['read', 'write'] });
    assert.equal(again.leavesTo, undefined, textOf(again));
  });

  it('a scope that the application did not register is refused', async () => {
    const application = await registerApplication(world.server, { owner: 'ben', scopes: ['read'] });
    const { parameters } = await world.allow({ application, scope: 'read' });
    assert.ok(parameters.code);
    const url = new URL('/api/v1/oauth/authorize', world.server.issuer);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: application.clientId,
      redirect_uri: application.redirectUri,
      scope: 'read write',
      code_challenge: 'A'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    const page = await world.agent.get(url);
    assert.equal(page.leavesTo?.searchParams.get('error'), 'invalid_scope');
  });
});

describe('RFC 9700 §2.5: client authentication', () => {
  const token = (headers: Record<string, string>, fields: Record<string, string> = {}) =>
    postForm(
      world.server,
      'token',
      undefined,
      { grant_type: 'refresh_token', refresh_token: 'sdr_x', ...fields },
      headers,
    );
  const attempts: Record<string, () => ReturnType<typeof token>> = {
    'a wrong secret': () => token({ authorization: basic(world.reviewed.clientId, 'sds_wrong') }),
    'an empty secret': () => token({ authorization: basic(world.reviewed.clientId, '') }),
    'the secret of another application': async () => {
      const other = await registerApplication(world.server, { owner: 'ben' });
      return token({ authorization: basic(world.reviewed.clientId, other.clientSecret ?? '') });
    },
    'the secret of a resource server': () =>
      token({
        authorization: basic(world.reviewed.clientId, world.resourceServer.clientSecret ?? ''),
      }),
    'a placeholder as secret': () =>
      token({ authorization: basic(world.reviewed.clientId, 'not-the-secret') }),
    'no secret': () => token({}, { client_id: world.reviewed.clientId }),
    'an unknown client': () => token({ authorization: basic('nobody', 'sds_wrong') }),
    'a JWT signed with the client ID': () =>
      token(
        {},
        {
          client_id: world.reviewed.clientId,
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: 'eyJhbGciOiJub25lIn0.e30.',
        },
      ),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    it(`${name} is refused`, async () => {
      const { status, body } = await attempt();
      assert.ok(status === 400 || status === 401);
      assert.ok(['invalid_client', 'invalid_request'].includes(body.error ?? ''), body.error);
    });
  }

  it('a secret in header and body at once is refused', async () => {
    const { clientId, clientSecret = '' } = world.reviewed;
    const answer = await token(
      { authorization: basic(clientId, clientSecret) },
      { client_id: clientId, client_secret: clientSecret },
    );
    assert.ok(['invalid_client', 'invalid_request'].includes(answer.body.error ?? ''));
  });
});

describe('RFC 9700 §4.5: authorization code injection', () => {
  it('a code is refused for another confidential application', async () => {
    const stolen = await world.allow();
    const thief = await registerApplication(world.server, { owner: 'ben' });
    assertRefused(await exchange(world.server, thief, stolen), 'invalid_grant');
  });

  it('a code is refused for a public application', async () => {
    const stolen = await world.allow();
    assertRefused(await exchange(world.server, world.native, stolen), 'invalid_grant');
  });

  it('a code is refused with another redirect URI', async () => {
    const stolen = { ...(await world.allow()), redirectUri: 'https://app.example.com/other' };
    assertRefused(await exchange(world.server, world.reviewed, stolen), 'invalid_grant');
  });

  it('a code is refused with the verifier of another request', async () => {
    const [mine, stolen] = [await world.allow(), await world.allow()];
    const injected = { ...stolen, codeVerifier: mine.codeVerifier };
    assertRefused(await exchange(world.server, world.reviewed, injected), 'invalid_grant');
  });

  it('a code is refused after 60 seconds', async () => {
    const stolen = await world.allow();
    await query(`update authorization_codes set expires_at = now() - interval '1 second'`);
    assertRefused(await exchange(world.server, world.reviewed, stolen), 'invalid_grant');
  });

  it('a second use of a code ends the grant, also after it expired', async () => {
    const stolen = await world.allow();
    const { body } = await exchange(world.server, world.reviewed, stolen);
    assert.equal(await world.isActive(body.access_token ?? ''), true);
    await query(`update authorization_codes set expires_at = now() - interval '1 second'`);
    assertRefused(await exchange(world.server, world.reviewed, stolen), 'invalid_grant');
    assert.equal(await world.isActive(body.access_token ?? ''), false);
  });
});

describe('RFC 9700 §4.9: access token leakage at the resource server', () => {
  it('a refresh token is inactive for a resource server', async () => {
    const { refreshToken } = await world.tokens();
    const { body } = await introspect(world.server, world.resourceServer, refreshToken);
    assert.deepEqual(body, { active: false });
  });

  it('an access token is not accepted as refresh token', async () => {
    const { accessToken } = await world.tokens();
    assertRefused(await refresh(world.server, world.reviewed, accessToken), 'invalid_grant');
  });

  it('a resource server can neither refresh nor revoke', async () => {
    const { refreshToken, accessToken } = await world.tokens();
    const refreshed = await refresh(world.server, world.resourceServer, refreshToken);
    assert.equal(refreshed.body.error, 'invalid_client');
    await revoke(world.server, world.resourceServer, accessToken);
    assert.equal(await world.isActive(accessToken), true);
  });

  it('an application gets no data about tokens of another one', async () => {
    const { accessToken } = await world.tokens();
    const other = await registerApplication(world.server, { owner: 'ben' });
    const { body } = await introspect(world.server, other, accessToken);
    assert.deepEqual(body, { active: false });
  });

  it('introspection without credentials is refused', async () => {
    const { accessToken } = await world.tokens();
    for (const caller of [undefined, world.native]) {
      const answer = await introspect(world.server, caller, accessToken);
      assertRefused(answer, 'invalid_client', 401);
    }
  });
});

describe('RFC 9700 §4.10: misuse of stolen access tokens', () => {
  it('an access token is valid for one hour at most', async () => {
    const { accessToken } = await world.tokens();
    const { body } = await introspect(world.server, world.resourceServer, accessToken);
    assert.ok(Number(body.exp) - Date.now() / 1000 <= 3600);
    await query(`update access_tokens set expires_at = now() - interval '1 second'`);
    assert.equal(await world.isActive(accessToken), false);
  });

  it('a refresh ends the previous access token', async () => {
    const stolen = await world.tokens();
    await refresh(world.server, world.reviewed, stolen.refreshToken);
    assert.equal(await world.isActive(stolen.accessToken), false);
  });

  for (const [name, change] of Object.entries({
    'one character changed': (token: string) =>
      `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
    'one character less': (token: string) => token.slice(0, -1),
    'another prefix': (token: string) => token.replace('sda_', 'sdr_'),
    'upper case': (token: string) => token.toUpperCase(),
    'a NUL': (token: string) => `${token}\0`,
  })) {
    it(`an access token with ${name} is inactive`, async () => {
      const { accessToken } = await world.tokens();
      assert.equal(await world.isActive(change(accessToken)), false);
    });
  }

  it('introspection returns only current memberships', async () => {
    await putOrganizer(world.server, 'oldhall');
    await putTeam(world.server, { organizer: 'oldhall', members: ['ada'] });
    const { accessToken } = await world.tokens({ organizers: ['oldhall', 'redstage'] });
    const organizers = async () =>
      (await introspect(world.server, world.resourceServer, accessToken)).body.organizers;
    assert.deepEqual(await organizers(), ['oldhall', 'redstage']);
    await putTeam(world.server, { organizer: 'oldhall', members: [] });
    assert.deepEqual(await organizers(), ['redstage']);
  });

  for (const [name, end] of Object.entries({
    'the application is suspended': async (clientId: string) => {
      await manage(world.server, 'POST', `/api/v1/applications/${clientId}/suspend/`, {
        reason: 'abuse',
      });
    },
    'the application is deleted': async (clientId: string) => {
      await manage(world.server, 'DELETE', `/api/v1/applications/${clientId}/`);
    },
  })) {
    it(`a token ends at once when ${name}`, async () => {
      const application = await registerApplication(world.server, { owner: 'ben' });
      const { accessToken } = await world.tokens({ application });
      assert.equal(await world.isActive(accessToken), true);
      await end(application.clientId);
      assert.equal(await world.isActive(accessToken), false);
    });
  }
});

describe('RFC 9700 §4.9.2: a resource server that lost its secret', () => {
  it('can be deleted, and its secret is refused', async () => {
    const service = await registerResourceServer(world.server, 'Lost API');
    const { accessToken } = await world.tokens();
    assert.equal((await introspect(world.server, service, accessToken)).body.active, true);
    await manage(world.server, 'DELETE', `/api/v1/resource-servers/${service.clientId}/`);
    assertRefused(await introspect(world.server, service, accessToken), 'invalid_client', 401);
  });
});
