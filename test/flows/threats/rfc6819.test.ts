import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompiledQuery } from 'kysely';
import { z } from 'zod';
import { putUser, registerApplication } from '../../support/factories.ts';
import { decide } from '../../support/flow.ts';
import { callManagement, manage } from '../../support/platform.ts';
import { basic, exchange, introspect, postForm, refresh } from '../../support/tokens.ts';
import {
  findForm,
  offered,
  showsForm,
  describe as textOf,
  ticked,
  UserAgent,
} from '../../support/user-agent.ts';
import { assertRefused, requestUrl, withWorld } from './world.ts';

/** Threats of RFC 6819 that RFC 9700 does not repeat. Suites are named after its sections. */
const world = withWorld();

const rowsOf = async <Row>(sql: string) =>
  (await world.server.database.db.executeQuery<Row>(CompiledQuery.raw(sql))).rows;

describe('RFC 6819 §4.1.1 and §5.2.3: obtaining client secrets', () => {
  it('a secret is in the response that creates it, and in no later one', async () => {
    const { clientId, clientSecret = '' } = world.reviewed;
    const path = `/api/v1/applications/${clientId}/`;
    const body = JSON.stringify(await manage(world.server, 'GET', path));
    assert.doesNotMatch(body, /sds_/);
    assert.ok(!body.includes(clientSecret));
  });

  it('a public application gets no secret (§5.2.3.1)', () => {
    assert.equal(world.native.clientSecret, undefined);
  });

  it('the type of an application is fixed', async () => {
    const answer = await callManagement(
      world.server,
      'PATCH',
      `/api/v1/applications/${world.reviewed.clientId}/`,
      { client_type: 'public' },
    );
    const found = await manage(
      world.server,
      'GET',
      `/api/v1/applications/${world.reviewed.clientId}/`,
    );
    assert.equal(
      z.looseObject({ client_type: z.string() }).parse(found).client_type,
      'confidential',
    );
    assert.ok(answer.status < 500);
  });
});

describe('RFC 6819 §4.2.2 and §4.2.3: too many rights granted, or a grant obtained by fraud', () => {
  it('the page preselects no organizer that the user joined after the last consent', async () => {
    const application = await registerApplication(world.server, { owner: 'ben' });
    await world.tokens({ application, organizers: ['bluehall'] });
    const page = await world.agent.get(
      requestUrl(world.server, application, { prompt: 'consent' }),
    );
    assert.deepEqual(ticked(page, 'organizers'), ['bluehall']);
    assert.deepEqual(offered(page, 'organizers').toSorted(), ['bluehall', 'redstage']);
  });

  it('a public application shows the consent page every time (§5.2.4.1)', async () => {
    const first = await world.allow({ application: world.native, parameters: {} });
    assert.equal(first.sawConsent, true);
    const page = await world.agent.get(requestUrl(world.server, world.native));
    assert.ok(showsForm(page, 'decision'), textOf(page));
  });

  it('a request for more scopes than were allowed shows the consent page', async () => {
    const application = await registerApplication(world.server, { owner: 'ben' });
    await world.tokens({ application, scope: 'read' });
    const url = requestUrl(world.server, application, { scope: 'read write' });
    assert.ok(showsForm(await world.agent.get(url), 'decision'));
  });

  it('a grant belongs to one user: another one sees the consent page', async () => {
    const application = await registerApplication(world.server, { owner: 'ben' });
    await world.tokens({ application });
    const agent = new UserAgent(world.server);
    const login = await agent.get(requestUrl(world.server, application));
    const page = await agent.submit(login, {
      email: world.ben.email,
      password: world.ben.password,
    });
    assert.ok(showsForm(page, 'decision'), textOf(page));
  });

  it('each grant causes a mail and a log entry of the user (§5.1.3)', async () => {
    const application = await registerApplication(world.server, {
      owner: 'ben',
      name: 'Told Of',
    });
    await world.tokens({ application });
    const mails = await rowsOf(
      `select 1 from mail_outbox where recipient = 'ada@example.com' and data::text like '%Told Of%'`,
    );
    assert.equal(mails.length, 1);
    const activity = await world.agent.get('/account/activity');
    assert.match(activity.body, /Told Of/);
  });
});

describe('RFC 6819 §4.3.2, §4.3.4, §4.4.1.2 and §4.5.2: an attacker reads the database', () => {
  it('no token, code, secret, password or session ID is in any column', async () => {
    const authorization = await world.allow();
    const { body } = await exchange(world.server, world.reviewed, authorization);
    const session = /session=([^;]+)/.exec(
      world.agent.cookies.header(new URL(world.server.issuer)),
    )?.[1];
    const tables = await rowsOf<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    const rows = await Promise.all(
      tables.map(({ name }) => rowsOf<{ row: string }>(`select t::text as row from ${name} t`)),
    );
    const dump = rows
      .flat()
      .map(({ row }) => row)
      .join('\n');
    assert.ok(dump.includes('ada@example.com'), 'the dump contains the rows');
    for (const secret of [
      body.access_token,
      body.refresh_token,
      authorization.parameters.code,
      world.reviewed.clientSecret,
      world.resourceServer.clientSecret,
      world.ada.password,
      session,
    ]) {
      assert.ok(secret !== undefined && secret.length > 10);
      assert.ok(!dump.includes(secret), 'in clear');
      assert.ok(!dump.includes(Buffer.from(secret).toString('hex')), 'as bytes');
    }
  });
});

describe('RFC 6819 §4.4.1.3, §4.4.1.12, §4.5.3 and §4.6.3: guessing codes and tokens', () => {
  const guesses: Record<string, string> = {
    'of the right format': `sdr_${'A'.repeat(49)}`,
    'that is too short': 'sdr_1',
    'that is too long': `sdr_${'A'.repeat(10_000)}`,
    'with an SQL quote': "sdr_' or 1=1 --",
    'with a NUL': 'sdr_\0',
    'that is empty': '',
  };
  for (const [name, guess] of Object.entries(guesses)) {
    it(`a refresh token ${name} is refused`, async () => {
      const answer = await refresh(world.server, world.reviewed, guess);
      assert.equal(answer.status, 400);
      assert.ok(['invalid_grant', 'invalid_request'].includes(answer.body.error ?? ''));
    });
    it(`a code ${name} is refused`, async () => {
      const answer = await exchange(world.server, world.reviewed, {
        parameters: { code: guess.replace('sdr_', '') },
        codeVerifier: 'v'.repeat(43),
        redirectUri: world.reviewed.redirectUri,
      });
      assert.equal(answer.status, 400);
      assert.ok(['invalid_grant', 'invalid_request'].includes(answer.body.error ?? ''));
    });
    it(`an access token ${name} is not active`, async () => {
      const answer = await introspect(
        world.server,
        world.resourceServer,
        guess.replace('sdr_', 'sda_'),
      );
      assert.equal(answer.body.active ?? false, false);
      assert.ok(answer.status === 200 || answer.status === 400);
    });
  }

  it('codes and tokens have 256 bits or more (§5.1.4.2.2)', async () => {
    const authorization = await world.allow();
    const { body } = await exchange(world.server, world.reviewed, authorization);
    assert.ok((authorization.parameters.code ?? '').length >= 43);
    assert.match(body.access_token ?? '', /^sda_[0-9A-Za-z]{49}$/);
    assert.match(body.refresh_token ?? '', /^sdr_[0-9A-Za-z]{49}$/);
  });
});

describe('RFC 6819 §4.4.1.4 and §4.4.1.7: a malicious or counterfeit client', () => {
  it('the consent page shows that the application is not reviewed, and its name', async () => {
    const page = await world.agent.get(
      requestUrl(world.server, world.native, { prompt: 'consent' }),
    );
    assert.match(page.body, /reviewed/i);
    assert.match(page.body, /Pocket Scanner/);
  });

  it('a name is shown as text, never as markup', async () => {
    const application = await registerApplication(world.server, {
      owner: 'ben',
      name: '<img src=x onerror=alert(1)>',
    });
    const page = await world.agent.get(
      requestUrl(world.server, application, { prompt: 'consent' }),
    );
    assert.match(page.body, /&(#60|lt);img src=x/);
    assert.doesNotMatch(page.body, /<img src=x/);
  });

  it('the redirect URI of the code is compared at the token endpoint (§5.2.4.5)', async () => {
    const other = 'https://app.example.com/other';
    const application = await registerApplication(world.server, {
      owner: 'ben',
      redirectUris: ['https://app.example.com/callback', other],
    });
    const stolen = await world.allow({ application });
    assertRefused(
      await exchange(world.server, application, { ...stolen, redirectUri: other }),
      'invalid_grant',
    );
  });
});

describe('RFC 6819 §4.4.1.6 and §4.4.1.10: the session of another user', () => {
  it("a page that Ada opened can't be answered by Ben", async () => {
    const page = await world.open({ prompt: 'consent' }, world.agent);
    const agent = new UserAgent(world.server);
    await agent.submit(await agent.get('/login'), {
      email: world.ben.email,
      password: world.ben.password,
    });
    const answer = await agent.get(page.url);
    assert.equal(showsForm(answer, 'decision'), false, textOf(answer));
  });

  it("a page that Ada opened can't be answered after she signed out", async () => {
    const agent = new UserAgent(world.server);
    const { email, password } = world.ada;
    await agent.submit(await agent.get('/login'), { email, password });
    const page = await world.open({ prompt: 'consent' }, agent);
    await agent.submit(await agent.get('/logout'), {}, 'csrf');
    const answer = await decide(agent, page);
    assert.equal(answer.leavesTo, undefined, textOf(answer));
  });

  it('consent requires a sign-in within the last hour', async () => {
    const agent = new UserAgent(world.server);
    const { email, password } = world.ada;
    await agent.submit(await agent.get('/login'), { email, password });
    const page = await world.open({ prompt: 'consent' }, agent);
    await rowsOf(`update sessions set authenticated_at = now() - interval '2 hours'`);
    const answer = await decide(agent, page);
    await rowsOf('update sessions set authenticated_at = now()');
    assert.ok(showsForm(answer, 'password'), textOf(answer));
  });
});

describe('RFC 6819 §4.4.3.6 and §5.1.4.2: guessing the passwords of users', () => {
  it('an unknown address and a wrong password get the same response (§5.1.4.2.5)', async () => {
    const answers = await Promise.all(
      [world.ben.email, 'nobody@example.com'].map(async (email) => {
        const agent = new UserAgent(world.server);
        const page = await agent.submit(await agent.get('/login'), { email, password: 'wrong' });
        return [page.status, page.body.replaceAll(email, 'x').replace(/value="[^"]*"/g, '')];
      }),
    );
    assert.deepEqual(answers[0], answers[1]);
  });

  for (const password of ['short', 'password1234', 'aaaaaaaaaaaa', '']) {
    it(`${JSON.stringify(password)} can't be chosen as password (§5.1.4.2.1)`, async () => {
      const agent = new UserAgent(world.server);
      const user = await putUser(world.server, { id: 'carla' });
      await agent.submit(await agent.get('/login'), {
        email: user.email,
        password: user.password,
      });
      const page = await agent.get('/account/password');
      const names = findForm(page, ['csrf']).fields.map(({ name }) => name);
      const [current = '', ...others] = names.filter((name) => /password/.test(name));
      const values = Object.fromEntries(others.map((name) => [name, password]));
      const answer = await agent.submit(page, { [current]: user.password, ...values }, current);
      assert.equal(answer.status, 400, textOf(answer));
    });
  }
});

describe('RFC 6819 §4.6.5 and §5.1.5: limits of tokens', () => {
  it('the response contains expires_in, scope and type (§5.1.5.1)', async () => {
    const { body } = await exchange(world.server, world.reviewed, await world.allow());
    assert.equal(body.expires_in, 3600);
    assert.equal(body.token_type, 'Bearer');
    assert.equal(body.scope, 'read write');
  });

  it('a code works once, also in parallel (§5.1.5.4)', async () => {
    const authorization = await world.allow();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => exchange(world.server, world.reviewed, authorization)),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  it('sub is the user, never a client', async () => {
    const { accessToken } = await world.tokens();
    const { body } = await introspect(world.server, world.resourceServer, accessToken);
    assert.equal(z.looseObject({ sub: z.string() }).parse(body).sub, 'ada');
  });
});

describe('RFC 6819 §5.2.3.6: a client secret is revoked', () => {
  it('a suspended application gets no tokens, and a deleted one is unknown', async () => {
    const application = await registerApplication(world.server, { owner: 'ben' });
    const { refreshToken } = await world.tokens({ application });
    const path = `/api/v1/applications/${application.clientId}/`;
    await manage(world.server, 'POST', `${path}suspend/`, { reason: 'abuse' });
    assert.equal((await refresh(world.server, application, refreshToken)).status, 400);
    await manage(world.server, 'DELETE', path);
    const answer = await postForm(
      world.server,
      'token',
      undefined,
      { grant_type: 'refresh_token', refresh_token: refreshToken },
      { authorization: basic(application.clientId, application.clientSecret ?? '') },
    );
    assertRefused(answer, 'invalid_client', 401);
  });
});
