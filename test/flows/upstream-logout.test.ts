import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompiledQuery, sql } from 'kysely';
import { authorizationUrl, challengeOf } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { startUpstreamSite, type UpstreamSite } from '../support/upstream-site.ts';
import { UpstreamVisitor } from '../support/upstream-visitor.ts';
import { showsForm, describe as textOf } from '../support/user-agent.ts';

const ACCOUNT = '/account/authorizations';
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

describe('the end of a session at the platform', () => {
  let site: UpstreamSite;
  before(async () => {
    site = await startUpstreamSite();
  });
  after(() => site.close());

  /** Somebody who is signed in, and their session at the platform by its name. */
  const signedIn = async (account = site.ada) => {
    const visitor = new UpstreamVisitor(site.server, site.upstream);
    let sid = '';
    site.upstream.behaviour = {
      claims: (claims) => {
        sid = String(claims.sid);
        return claims;
      },
    };
    const { page } = await visitor.open(ACCOUNT, account);
    site.upstream.behaviour = {};
    assert.equal(page.url.pathname, ACCOUNT, textOf(page));
    return { visitor, sid };
  };

  const isSignedIn = async ({ visitor }: { visitor: UpstreamVisitor }) =>
    (await visitor.stagedoor.get(ACCOUNT)).status === 200;

  const query = async (text: string): Promise<Record<string, unknown>[]> =>
    (await site.server.database.db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text)))
      .rows;

  const token = (
    more: Record<string, unknown>,
    header?: Parameters<typeof site.upstream.sign>[1],
  ) => {
    const now = Math.floor(Date.now() / 1000);
    return site.upstream.sign(
      {
        iss: site.upstream.issuer,
        aud: 'stagedoor',
        iat: now,
        exp: now + 120,
        jti: randomUUID(),
        events: { [EVENT]: {} },
        ...more,
      },
      { typ: 'logout+jwt', ...header },
    );
  };

  const post = async (logoutToken: string) => {
    const response = await fetch(new URL('/logout/backchannel', site.server.issuer), {
      method: 'POST',
      body: new URLSearchParams({ logout_token: logoutToken }),
    });
    const text = await response.text();
    assert.match(response.headers.get('cache-control') ?? '', /no-store/);
    return { status: response.status, text };
  };

  it('ends the session here, when somebody signs out there', async () => {
    const ada = await signedIn();
    const { leavesTo } = await ada.visitor.stagedoor.get('/logout/upstream');
    const question = await ada.visitor.platform.get(leavesTo ?? '');
    assert.equal(await isSignedIn(ada), true);
    const form = question.forms.find(({ fields }) => fields.some(({ name }) => name === 'xsrf'));
    assert.ok(form, textOf(question));
    await ada.visitor.platform.submit(question, { logout: 'yes' }, 'xsrf');
    assert.equal(await isSignedIn(ada), false);
    const [entry] = await query(
      "select actor, user_id, ip, data from audit_events where action = 'stagedoor.user.signed_out' order by id desc limit 1",
    );
    assert.deepEqual(entry, {
      actor: 'system',
      user_id: 'ada',
      ip: null,
      data: { method: 'upstream' },
    });
  });

  it('ends only that session where it is named', async () => {
    const [laptop, phone] = [await signedIn(), await signedIn()];
    assert.notEqual(laptop.sid, phone.sid);
    assert.equal((await post(await token({ sid: laptop.sid, sub: site.ada.sub }))).status, 200);
    assert.deepEqual([await isSignedIn(laptop), await isSignedIn(phone)], [false, true]);
    assert.equal((await post(await token({ sid: phone.sid }))).status, 200);
    assert.equal(await isSignedIn(phone), false);
  });

  it('ends all sessions of the user where none is named, and nobody else’s', async () => {
    const [laptop, phone, ben] = [await signedIn(), await signedIn(), await signedIn(site.ben)];
    assert.equal((await post(await token({ sub: site.ada.sub }))).status, 200);
    assert.deepEqual([await isSignedIn(laptop), await isSignedIn(phone)], [false, false]);
    assert.equal(await isSignedIn(ben), true);
  });

  it('ends a session that has gone through an application’s request since', async () => {
    const visitor = new UpstreamVisitor(site.server, site.upstream);
    let sid: unknown;
    site.upstream.behaviour = {
      claims: (claims) => {
        sid = claims.sid;
        return claims;
      },
    };
    const { application } = site.platform;
    const { page } = await visitor.open(
      authorizationUrl(site.server, {
        response_type: 'code',
        client_id: application.clientId,
        redirect_uri: application.redirectUri,
        code_challenge: challengeOf('v'.repeat(43)),
        code_challenge_method: 'S256',
      }),
      site.ada,
    );
    site.upstream.behaviour = {};
    assert.ok(showsForm(page, 'decision'), textOf(page));
    assert.equal((await post(await token({ sid }))).status, 200);
    assert.equal(await isSignedIn({ visitor }), false);
  });

  describe('while a sign-in from it is under way', () => {
    /** Signs in, and calls `meanwhile` with the session's name before the ID token arrives. */
    const signInDuring = async (meanwhile: (sid: string) => Promise<unknown>) => {
      const visitor = new UpstreamVisitor(site.server, site.upstream);
      site.upstream.behaviour = {
        claims: async (claims) => {
          await meanwhile(String(claims.sid));
          return claims;
        },
      };
      const { page } = await visitor.open(ACCOUNT, site.ada);
      site.upstream.behaviour = {};
      return { visitor, page };
    };
    const logouts: [
      what: string,
      claims: (sid: string) => Record<string, unknown>,
      ends: boolean,
    ][] = [
      ['that names the session', (sid) => ({ sid }), true],
      ['that names both', (sid) => ({ sid, sub: site.ada.sub }), true],
      ['of all sessions of the person', () => ({ sub: site.ada.sub }), true],
      ['of another session', () => ({ sid: 'another', sub: site.ada.sub }), false],
      ['of another person', () => ({ sub: site.ben.sub }), false],
    ];
    for (const [what, claims, ends] of logouts) {
      it(`${ends ? 'begins no session here' : 'is not heeded'}: a logout ${what}`, async () => {
        const ada = await signInDuring(async (sid) => post(await token(claims(sid))));
        assert.equal(await isSignedIn(ada), !ends, textOf(ada.page));
        if (ends) {
          assert.equal(ada.page.status, 403);
          assert.match(textOf(ada.page), says('upstream.signed_out.title'));
          const again = await signedIn();
          assert.equal(await isSignedIn(again), true);
        }
      });
    }

    it('ends the session in which it begins, if the logout arrives last of all', async () => {
      // This sign-in is five seconds old: logouts of other tests must not meet it.
      await query('delete from upstream_logouts');
      const visitor = new UpstreamVisitor(site.server, site.upstream);
      let sid = '';
      site.upstream.behaviour = {
        claims: (claims) => {
          sid = String(claims.sid);
          return { ...claims, auth_time: Number(claims.auth_time) - 5 };
        },
      };
      const [opened, ended] = await site.server.database.db.transaction().execute(async (tx) => {
        await sql`lock table session_sign_ins in access exclusive mode`.execute(tx);
        const opening = visitor.open(ACCOUNT, site.ada);
        await until(async () => (await waitingForLocks()) === 1);
        const ending = post(await token({ sid }));
        await until(async () => (await waitingForLocks()) === 2);
        return [opening, ending];
      });
      assert.equal((await ended).status, 200);
      const { page } = await opened;
      site.upstream.behaviour = {};
      // The browser tries once more, and is told.
      assert.match(textOf(page), says('upstream.signed_out.title'));
      const rows = await query('select * from upstream_sessions');
      assert.ok(rows.every((row) => row.sid !== sid));
    });

    const waitingForLocks = async () =>
      (
        await query(
          "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
      ).length;
    const until = async (condition: () => Promise<boolean>) => {
      for (let tries = 0; !(await condition()); tries += 1) {
        assert.ok(tries < 1000, 'waited too long');
        await sleep(10);
      }
    };

    it('is kept as a hash, and not for long', async () => {
      await post(await token({ sid: 'a session to forget' }));
      const [row] = await query(
        "select encode(key_hash, 'hex') as key, expires_at < now() + interval '61 minutes' as soon from upstream_logouts order by expires_at desc limit 1",
      );
      assert.match(String(row?.key), /^[0-9a-f]{64}$/);
      assert.equal(row?.soon, true);
    });
  });

  it('is nothing to do where nobody is signed in, and that is no error', async () => {
    for (const claims of [{ sid: 'unknown' }, { sub: 'unknown' }, { sid: 'unknown', sub: 'x' }]) {
      assert.deepEqual(await post(await token(claims)), { status: 200, text: '' });
    }
  });

  it('leaves applications their access', async () => {
    const before = await query('select count(*) from grants where revoked_at is null');
    await post(await token({ sub: site.ada.sub }));
    assert.deepEqual(await query('select count(*) from grants where revoked_at is null'), before);
  });

  it('is believed without a typ, with JWT, and in any letter case', async () => {
    for (const typ of ['JWT', 'jwt', 'application/logout+jwt', 'LOGOUT+JWT', undefined]) {
      assert.equal((await post(await token({ sid: 'x' }, { typ }))).status, 200, typ);
    }
  });

  it('is believed once', async () => {
    const once = await token({ sub: site.ada.sub });
    const answers = await Promise.all([post(once), post(once), post(once)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400]);
    assert.match((await post(once)).text, /was used before/);
  });

  describe('is not believed', () => {
    const now = () => Math.floor(Date.now() / 1000);
    const wrongs: Record<string, [make: () => Promise<string>, reason: RegExp]> = {
      'without a token': [async () => '', /Invalid Compact JWS/],
      'by nonsense': [async () => 'x.y.z', /JWS Protected Header is invalid/],
      'signed with another key': [
        () => token({ sub: site.ada.sub }, { foreignKey: true }),
        /signature verification failed/,
      ],
      'without a signature': [
        async () => {
          const [, payload] = (await token({ sub: site.ada.sub })).split('.');
          const header = Buffer.from('{"alg":"none","typ":"logout+jwt"}').toString('base64url');
          return `${header}.${payload}.`;
        },
        /alg/,
      ],
      'of another issuer': [
        () => token({ sub: site.ada.sub, iss: 'https://evil.example.com' }),
        /iss/,
      ],
      'for another client': [() => token({ sub: site.ada.sub, aud: 'another' }), /aud/],
      'without iat': [() => token({ sub: site.ada.sub, iat: undefined }), /iat/],
      'from long ago': [() => token({ sub: site.ada.sub, iat: now() - 600 }), /iat/],
      'from the future': [() => token({ sub: site.ada.sub, iat: now() + 90 }), /iat/],
      'that has expired': [() => token({ sub: site.ada.sub, exp: now() - 90 }), /exp/],
      'without exp': [() => token({ sub: site.ada.sub, exp: undefined }), /exp/],
      'without jti': [() => token({ sub: site.ada.sub, jti: undefined }), /jti/],
      'without the event': [() => token({ sub: site.ada.sub, events: undefined }), /events/],
      'with another event': [() => token({ sub: site.ada.sub, events: { other: {} } }), /events/],
      'with an event that is no object': [
        () => token({ sub: site.ada.sub, events: { [EVENT]: 1 } }),
        /events/,
      ],
      'with a nonce, as an ID token has one': [
        () => token({ sub: site.ada.sub, nonce: 'x' }),
        /nonce must not be there/,
      ],
      'that says it is an access token': [
        () => token({ sub: site.ada.sub }, { typ: 'at+jwt' }),
        /typ/,
      ],
      'that says it is an ID token': [
        () => token({ sub: site.ada.sub }, { typ: 'application/id_token+jwt' }),
        /typ/,
      ],
      'about nobody': [() => token({}), /neither sub nor sid/],
      'about somebody who is no text': [() => token({ sid: 7 }), /sid/],
    };
    for (const [name, [make, reason]] of Object.entries(wrongs)) {
      it(name, async () => {
        const ada = await signedIn();
        const { status, text } = await post(await make());
        assert.equal(status, 400, text);
        assert.match(text, /"error":"invalid_request","error_description":"The logout token/);
        assert.match(text, reason);
        assert.equal(await isSignedIn(ada), true);
      });
    }

    it('in another form', async () => {
      const url = new URL('/logout/backchannel', site.server.issuer);
      const json = await fetch(url, { method: 'POST', body: '{}' });
      assert.equal(json.status, 400);
      assert.equal((await fetch(url)).status, 405);
      const long = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ logout_token: 'x'.repeat(200_000) }),
      });
      assert.equal(long.status, 400);
    });

    it('while the platform’s keys can’t be had', async () => {
      const other = await startUpstreamSite();
      await other.upstream.network.cut();
      const logoutToken = await other.upstream.sign({ sub: 'x' });
      const response = await fetch(new URL('/logout/backchannel', other.server.issuer), {
        method: 'POST',
        body: new URLSearchParams({ logout_token: logoutToken }),
      });
      const text = await response.text();
      await other.close();
      assert.equal(response.status, 400);
      assert.match(text, /fetch failed/);
    });
  });
});
