import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { CompiledQuery, sql } from 'kysely';
import { prepared } from '../support/fixture.ts';
import { authorizationUrl, requestOf } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { untilBlocked } from '../support/until-blocked.ts';
import { startUpstreamSite } from '../support/upstream-site.ts';
import { UpstreamVisitor } from '../support/upstream-visitor.ts';
import { showsForm, describe as textOf } from '../support/user-agent.ts';

const ACCOUNT = '/account/authorizations';
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

describe('Back-channel logout by the platform', () => {
  const site = prepared(startUpstreamSite, (one) => one.close());

  /** Returns a signed-in user and the upstream session id. */
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

  it('signing out at the platform ends the session here', async () => {
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

  it('a token with sid ends only that session', async () => {
    const [laptop, phone] = [await signedIn(), await signedIn()];
    assert.notEqual(laptop.sid, phone.sid);
    assert.equal((await post(await token({ sid: laptop.sid, sub: site.ada.sub }))).status, 200);
    assert.deepEqual([await isSignedIn(laptop), await isSignedIn(phone)], [false, true]);
    assert.equal((await post(await token({ sid: phone.sid }))).status, 200);
    assert.equal(await isSignedIn(phone), false);
  });

  it('a token without sid ends all sessions of the user, and no others', async () => {
    const [laptop, phone, ben] = [await signedIn(), await signedIn(), await signedIn(site.ben)];
    assert.equal((await post(await token({ sub: site.ada.sub }))).status, 200);
    assert.deepEqual([await isSignedIn(laptop), await isSignedIn(phone)], [false, false]);
    assert.equal(await isSignedIn(ben), true);
  });

  it('a session that was started by an authorization request ends, too', async () => {
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
      authorizationUrl(site.server, requestOf(application)),
      site.ada,
    );
    site.upstream.behaviour = {};
    assert.ok(showsForm(page, 'decision'), textOf(page));
    assert.equal((await post(await token({ sid }))).status, 200);
    assert.equal(await isSignedIn({ visitor }), false);
  });

  describe('during a sign-in', () => {
    /** Signs in, and calls `meanwhile` with the session id before the ID token arrives. */
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
      ['for this session', (sid) => ({ sid }), true],
      ['for this session and user', (sid) => ({ sid, sub: site.ada.sub }), true],
      ['for all sessions of the user', () => ({ sub: site.ada.sub }), true],
      ['for another session', () => ({ sid: 'another', sub: site.ada.sub }), false],
      ['for another user', () => ({ sub: site.ben.sub }), false],
    ];
    for (const [what, claims, ends] of logouts) {
      it(`${ends ? 'prevents the session' : 'is ignored'}: a logout ${what}`, async () => {
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

    it('a logout that arrives while the session is stored ends that session', async () => {
      // This sign-in is five seconds old, so that logouts of other tests do not match.
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
        await untilBlocked(site.server.database);
        const ending = post(await token({ sid }));
        await untilBlocked(site.server.database, 2);
        return [opening, ending];
      });
      assert.equal((await ended).status, 200);
      const { page } = await opened;
      site.upstream.behaviour = {};
      // The browser tries again, and gets the explanation.
      assert.match(textOf(page), says('upstream.signed_out.title'));
      const rows = await query('select * from upstream_sessions');
      assert.ok(rows.every((row) => row.sid !== sid));
    });

    it('the logout is stored as a hash, for about an hour', async () => {
      await post(await token({ sid: 'a session to forget' }));
      const [row] = await query(
        "select encode(key_hash, 'hex') as key, expires_at < now() + interval '61 minutes' as soon from upstream_logouts order by expires_at desc limit 1",
      );
      assert.match(String(row?.key), /^[0-9a-f]{64}$/);
      assert.equal(row?.soon, true);
    });
  });

  it('a token for an unknown session is accepted and changes nothing', async () => {
    for (const claims of [{ sid: 'unknown' }, { sub: 'unknown' }, { sid: 'unknown', sub: 'x' }]) {
      assert.deepEqual(await post(await token(claims)), { status: 200, text: '' });
    }
  });

  it('grants of applications stay live', async () => {
    const before = await query('select count(*) from grants where revoked_at is null');
    await post(await token({ sub: site.ada.sub }));
    assert.deepEqual(await query('select count(*) from grants where revoked_at is null'), before);
  });

  it('a typ header is optional, and its value is case-insensitive', async () => {
    for (const typ of ['JWT', 'jwt', 'application/logout+jwt', 'LOGOUT+JWT', undefined]) {
      assert.equal((await post(await token({ sid: 'x' }, { typ }))).status, 200, typ);
    }
  });

  it('a token is accepted once', async () => {
    const once = await token({ sub: site.ada.sub });
    const answers = await Promise.all([post(once), post(once), post(once)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400]);
    assert.match((await post(once)).text, /was used before/);
  });

  describe('is refused', () => {
    const now = () => Math.floor(Date.now() / 1000);
    const wrongs: Record<string, [make: () => Promise<string>, reason: RegExp]> = {
      'without a token': [async () => '', /Invalid Compact JWS/],
      'with a malformed token': [async () => 'x.y.z', /JWS Protected Header is invalid/],
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
      'with an old iat': [() => token({ sub: site.ada.sub, iat: now() - 600 }), /iat/],
      'with an iat in the future': [() => token({ sub: site.ada.sub, iat: now() + 90 }), /iat/],
      'if expired': [() => token({ sub: site.ada.sub, exp: now() - 90 }), /exp/],
      'without exp': [() => token({ sub: site.ada.sub, exp: undefined }), /exp/],
      'without jti': [() => token({ sub: site.ada.sub, jti: undefined }), /jti/],
      'without the event': [() => token({ sub: site.ada.sub, events: undefined }), /events/],
      'with another event': [() => token({ sub: site.ada.sub, events: { other: {} } }), /events/],
      'with an event that is not an object': [
        () => token({ sub: site.ada.sub, events: { [EVENT]: 1 } }),
        /events/,
      ],
      'with a nonce, as in an ID token': [
        () => token({ sub: site.ada.sub, nonce: 'x' }),
        /nonce must not be there/,
      ],
      'with the typ of an access token': [
        () => token({ sub: site.ada.sub }, { typ: 'at+jwt' }),
        /typ/,
      ],
      'with the typ of an ID token': [
        () => token({ sub: site.ada.sub }, { typ: 'application/id_token+jwt' }),
        /typ/,
      ],
      'without user and session': [() => token({}), /neither sub nor sid/],
      'with a subject that is not a string': [() => token({ sid: 7 }), /sid/],
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

    it('for another method, content type or an oversized body', async () => {
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

    it('if the platform’s keys can’t be fetched', async () => {
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
