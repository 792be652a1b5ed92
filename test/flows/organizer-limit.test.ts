import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { inTransaction } from '../../src/db/transaction.ts';
import { createGrant } from '../../src/grants/create.ts';
import { ORGANIZERS_PER_GRANT } from '../../src/grants/grant.ts';
import { importDirectory } from '../support/bulk.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, decide, requestOf, signIn } from '../support/flow.ts';
import { says } from '../support/texts.ts';
import { introspect, obtainTokens } from '../support/tokens.ts';
import {
  offered,
  type Page,
  describe as textOf,
  ticked,
  UserAgent,
} from '../support/user-agent.ts';

const LIMIT = ORGANIZERS_PER_GRANT;
const SLUGS = Array.from({ length: LIMIT + 100 }, (_, n) => `o${String(n).padStart(4, '0')}`);

describe('User in more organizers than one grant can have', () => {
  const { server, platform } = withPlatform();
  let browser: UserAgent;

  before(async () => {
    const { end } = await importDirectory(
      server,
      SLUGS.flatMap((slug) => [
        { organizer: { slug, name: slug } },
        { team: { organizer: slug, id: 'staff', members: ['ada'], permissions: [] } },
      ]),
    );
    assert.equal(end?.refused, 0);
    browser = new UserAgent(server);
  });

  async function openConsent(): Promise<Page> {
    const { application, ada } = platform;
    const page = await browser.get(
      authorizationUrl(server, requestOf(application, { scope: 'read', prompt: 'consent' })),
    );
    return offered(page, 'password').length > 0 ? signIn(browser, page, ada) : page;
  }
  const grants = async () =>
    (await server.database.db.selectFrom('grants').select('id').execute()).length;
  const organizersOf = async (accessToken: string) => {
    const { body } = await introspect(server, platform.resourceServer, accessToken);
    return body.organizers ?? [];
  };

  it('the consent page shows the limit', async () => {
    const page = await openConsent();
    assert.match(textOf(page), says('consent.heading'));
    assert.match(page.body, says('consent.organizers.limit', { limit: 500 }));
    assert.equal(offered(page, 'organizers').length, SLUGS.length + 2);
  });

  it('one organizer too many is refused, and the selection is kept', async () => {
    const before = await grants();
    const chosen = SLUGS.slice(0, LIMIT + 1);
    const refused = await decide(browser, await openConsent(), { organizers: chosen });
    assert.equal(refused.status, 400, textOf(refused));
    assert.match(refused.body, says('consent.error.organizers.too_many', { limit: 500 }));
    assert.deepEqual(ticked(refused, 'organizers').sort(), chosen);
    assert.equal(await grants(), before);
    // As a browser sends it after one check box was cleared.
    const allowed = await decide(browser, refused, { organizers: chosen.slice(1) });
    assert.ok(allowed.leavesTo?.searchParams.has('code'), textOf(allowed));
    assert.equal(await grants(), before + 1);
  });

  it('the maximum number of organizers is accepted', async () => {
    const { accessToken } = await obtainTokens(server, {
      application: platform.application,
      user: platform.ada,
      scope: 'read',
      agent: browser,
      organizers: SLUGS.slice(-LIMIT),
      parameters: { prompt: 'consent' },
    });
    assert.deepEqual((await organizersOf(accessToken)).toSorted(), SLUGS.slice(-LIMIT));
  });

  it('an older grant above the limit opens only the first organizers, and can be allowed again', async () => {
    const { application, ada: user } = platform;
    const { accessToken } = await obtainTokens(server, {
      application,
      user,
      scope: 'read',
      agent: browser,
      organizers: ['redstage'],
      parameters: { prompt: 'consent' },
    });
    const { id } = await server.database.db
      .selectFrom('grants')
      .select('id')
      .orderBy('created_at', 'desc')
      .executeTakeFirstOrThrow();
    await server.database.db
      .insertInto('grant_organizers')
      .values(SLUGS.map((slug) => ({ grant_id: id, organizer_slug: slug })))
      .execute();
    assert.deepEqual((await organizersOf(accessToken)).toSorted(), SLUGS.slice(0, LIMIT));
    const list = await fetch(`${server.issuer}/api/v1/organizers/`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    assert.equal(JSON.parse(await list.text()).count, LIMIT);
    const page = await openConsent();
    const preselected = ticked(page, 'organizers');
    assert.deepEqual(preselected.toSorted(), SLUGS.slice(0, LIMIT));
    const allowed = await decide(browser, page, { organizers: preselected });
    assert.ok(allowed.leavesTo?.searchParams.has('code'), textOf(allowed));
  });

  it('createGrant refuses more organizers', async () => {
    const make = (organizers: readonly string[]) =>
      inTransaction(server.database.db, (tx) =>
        createGrant(tx, {
          userId: 'ada',
          clientId: platform.application.clientId,
          scopes: ['read'],
          organizers,
          resources: undefined,
          expiresAt: new Date(Date.now() + 60_000),
        }),
      );
    await assert.rejects(make(SLUGS.slice(0, LIMIT + 1)), { code: 'validation_failed' });
    await make(SLUGS.slice(0, LIMIT));
  });
});
