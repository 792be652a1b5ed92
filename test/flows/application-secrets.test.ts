import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { addSecret, deleteSecret, listSecrets } from '../../src/applications/secrets.ts';
import { registerApplication } from '../support/factories.ts';
import { BEN, code, ORIGIN, useOwnApplication } from '../support/own-application.ts';
import { introspect, obtainTokens, refresh } from '../support/tokens.ts';

const { own, run, add, logOf, mails, changesMailed } = useOwnApplication();

describe('Application secrets', () => {
  test('are listed with label, last four characters and times', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000);
    const { id, clientSecret } = await add('  build server ', expiresAt);
    const [first, second] = await listSecrets(own.server.database.db, own.clientId);
    assert.equal(first?.lastFour, own.application.clientSecret?.slice(-4));
    assert.deepEqual(second, {
      id,
      label: 'build server',
      lastFour: clientSecret.slice(-4),
      createdAt: second?.createdAt,
      lastUsedAt: null,
      expiresAt,
    });
    assert.ok(!JSON.stringify([await logOf('ben'), await mails()]).includes(clientSecret));
    assert.deepEqual((await logOf('ben')).at(-1)?.data, {
      application: 'Seat Map',
      label: 'build server',
      last_four: clientSecret.slice(-4),
    });
    assert.deepEqual(await changesMailed(), ['ben@example.com: secret_added']);
  });

  test('are limited to five valid ones, also when added in parallel', async () => {
    const results = await Promise.allSettled(Array.from({ length: 9 }, () => add()));
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 4);
    await assert.rejects(add(), /at most 5 secrets/);
    const [oldest] = await listSecrets(own.server.database.db, own.clientId);
    await own.server.database.db
      .updateTable('application_secrets')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('id', '=', oldest?.id ?? '')
      .execute();
    await add();
    await assert.rejects(add(), code('validation_failed'));
  });

  test('with an invalid label or end are refused with the reason', async () => {
    await assert.rejects(add('x'.repeat(101)), /no more than 100 characters/);
    await assert.rejects(add('a\u0000b'), /Control characters/);
    await assert.rejects(add('', new Date(Date.now() - 1)), /future/);
    await assert.rejects(add('', new Date(Number.NaN)), /future/);
    own.clientId = (
      await registerApplication(own.server, { owner: 'ben', clientType: 'public' })
    ).clientId;
    await assert.rejects(add(), /public application has no secret/);
  });

  test('can be deleted except for the last valid one, also in parallel', async () => {
    const [first] = await listSecrets(own.server.database.db, own.clientId);
    const remove = (id = '') => run((tx) => deleteSecret(tx, BEN, own.clientId, id, ORIGIN));
    await assert.rejects(remove(first?.id), code('conflict'));
    await assert.rejects(remove('no id'), code('not_found'));
    await assert.rejects(remove(crypto.randomUUID()), code('not_found'));
    const second = await add();
    const results = await Promise.allSettled([remove(first?.id), remove(second.id)]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal((await listSecrets(own.server.database.db, own.clientId)).length, 1);
    assert.ok((await changesMailed()).includes('ben@example.com: secret_deleted'));
  });

  test('of another application can’t be deleted', async () => {
    const other = await registerApplication(own.server, { owner: 'ben' });
    await run((tx) => addSecret(tx, BEN, other.clientId, { label: '', expiresAt: null }));
    await add();
    const [foreign] = await listSecrets(own.server.database.db, other.clientId);
    await assert.rejects(
      run((tx) => deleteSecret(tx, BEN, own.clientId, foreign?.id ?? '')),
      code('not_found'),
    );
  });

  test('stop working at once when they are deleted', async () => {
    const { accessToken, refreshToken } = await obtainTokens(own.server, {
      application: own.application,
      user: own.platform.ada,
    });
    const { clientSecret } = await add();
    const [old] = await listSecrets(own.server.database.db, own.clientId);
    await run((tx) => deleteSecret(tx, BEN, own.clientId, old?.id ?? ''));
    assert.equal((await introspect(own.server, own.application, accessToken)).status, 401);
    const refused = await refresh(own.server, own.application, refreshToken);
    assert.deepEqual([refused.status, refused.body.error], [401, 'invalid_client']);
    const next = { clientId: own.clientId, clientSecret };
    assert.equal((await refresh(own.server, next, refreshToken)).status, 200);
  });

  test('show the time of last use', async () => {
    const used = async () =>
      (await listSecrets(own.server.database.db, own.clientId))[0]?.lastUsedAt;
    await refresh(own.server, { clientId: own.clientId, clientSecret: 'wrong' }, 'sdr_x');
    await sleep(100);
    assert.equal(await used(), null);
    await refresh(own.server, own.application, 'sdr_x');
    let seen = await used();
    for (let i = 0; i < 100 && !seen; i += 1) {
      await sleep(20);
      seen = await used();
    }
    assert.ok(seen instanceof Date);
    await refresh(own.server, own.application, 'sdr_x');
    await sleep(100);
    assert.deepEqual(await used(), seen);
  });

  test('can be replaced without a failed request of a running client', async () => {
    const tokens = await obtainTokens(own.server, {
      application: own.application,
      user: own.platform.ada,
    });
    let client = own.application;
    let [running, count] = [true, 0];
    const loop = async () => {
      let { accessToken, refreshToken } = tokens;
      while (running) {
        const used = client;
        const refreshed = await refresh(own.server, used, refreshToken);
        assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
        accessToken = refreshed.body.access_token ?? '';
        refreshToken = refreshed.body.refresh_token ?? '';
        const asked = await introspect(own.server, used, accessToken);
        assert.equal(asked.body.active, true);
        count += 1;
      }
    };
    const loops = loop().finally(() => {
      running = false;
    });
    for (let round = 0; round < 5; round += 1) {
      const before = await listSecrets(own.server.database.db, own.clientId);
      const { clientSecret } = await add(`round ${round}`);
      client = { ...own.application, clientSecret };
      // Deployment of the new secret: requests with the old one are still in flight.
      const deployed = count + 2;
      while (running && count < deployed) {
        await sleep(5);
      }
      for (const { id } of before) {
        await run((tx) => deleteSecret(tx, BEN, own.clientId, id));
      }
    }
    running = false;
    await loops;
    assert.ok(count >= 10);
  });
});
