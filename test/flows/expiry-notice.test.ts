import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { notifyExpiring } from '../../src/grants/notify-expiring.ts';
import { PAGE_ENGINE_VARIABLES } from '../support/engines.ts';
import { withPlatform } from '../support/fixture.ts';
import { manage } from '../support/platform.ts';
import { obtainTokens, refresh } from '../support/tokens.ts';

const DAY = 86_400_000;

for (const [engine, variables] of Object.entries(PAGE_ENGINE_VARIABLES)) {
  describe(`Notice about an unused authorization that ends soon, on ${engine}`, () => {
    const { server, platform } = withPlatform(variables);
    let refreshToken: string;

    const authorizeAnew = async (scope: string) => {
      const { application, ada } = platform;
      await server.database.db.deleteFrom('mail_outbox').execute();
      await server.database.db.deleteFrom('grants').execute();
      ({ refreshToken } = await obtainTokens(server, { application, user: ada, scope }));
    };
    beforeEach(() => authorizeAnew('read write'));

    const change = (values: {
      expires_at?: Date;
      ends_at?: Date;
      revoked_at?: Date;
      revocation_reason?: 'revoked_by_user';
    }) => server.database.db.updateTable('grants').set(values).execute();
    const inDays = (days: number) => new Date(Date.now() + days * DAY);
    const notify = (overrides: { expiryNoticeDays?: number; refreshTokenTtl?: number } = {}) =>
      notifyExpiring(server.database.db, { ...server.config, ...overrides }, 100);
    const mails = () =>
      server.database.db
        .selectFrom('mail_outbox')
        .select(['recipient', 'data'])
        .where('kind', '=', 'access_ending')
        .execute();

    it('is sent once, a week before, with scopes and organizers', async () => {
      await change({ expires_at: inDays(8) });
      await notify();
      assert.equal((await mails()).length, 0);
      const end = inDays(6.5);
      await change({ expires_at: end });
      await Promise.all([notify(), notify()]);
      await notify();
      const [mail, ...more] = await mails();
      assert.equal(more.length, 0);
      assert.equal(mail?.recipient, platform.ada.email);
      assert.equal(mail?.data.endsAt, end.toISOString());
      assert.deepEqual(mail?.data.scopes, ['read', 'write']);
      assert.deepEqual(mail?.data.organizers, [
        { slug: 'bluehall', name: 'Blue Hall' },
        { slug: 'redstage', name: { en: 'Red Stage', de: 'Rote Bühne' } },
      ]);
      assert.deepEqual(mail?.data.application, {
        name: 'Box Office Sync',
        owner: 'Ben Example',
        reviewedHomepage: null,
        documentHost: null,
      });
    });

    it('is sent again if the authorization was used in between and is unused again', async () => {
      await change({ expires_at: inDays(5) });
      await notify();
      await refresh(server, platform.application, refreshToken);
      await notify();
      assert.equal((await mails()).length, 1);
      await change({ expires_at: inDays(5) });
      await notify();
      assert.equal((await mails()).length, 2);
    });

    it('is not sent for read-only or ended authorizations, nor for an end date set by the user', async () => {
      await authorizeAnew('read profile');
      await change({ expires_at: inDays(5) });
      await notify();
      await authorizeAnew('read write');
      await change({ expires_at: inDays(5), ends_at: inDays(3) });
      await notify();
      await authorizeAnew('read write');
      await change({
        expires_at: inDays(5),
        revoked_at: new Date(),
        revocation_reason: 'revoked_by_user',
      });
      await notify();
      await authorizeAnew('read write');
      await change({ expires_at: inDays(-1) });
      await notify();
      assert.equal((await mails()).length, 0);
    });

    it('is sent after a suspension of the application ends', async () => {
      await change({ expires_at: inDays(5) });
      const path = `/api/v1/applications/${platform.application.clientId}`;
      await manage(server, 'POST', `${path}/suspend/`, { reason: 'Being looked at' });
      await notify();
      assert.equal((await mails()).length, 0);
      await manage(server, 'POST', `${path}/resume/`);
      await notify();
      assert.equal((await mails()).length, 1);
    });

    it('is not sent if it is disabled, or if all authorizations are short', async () => {
      await change({ expires_at: inDays(5) });
      await notify({ expiryNoticeDays: 0 });
      await notify({ refreshTokenTtl: 7 * 86_400 });
      assert.equal((await mails()).length, 0);
    });
  });
}
