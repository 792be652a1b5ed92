import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setApplicationActive } from '../../src/applications/activate.ts';
import { deleteApplication } from '../../src/applications/delete-application.ts';
import { findApplication } from '../../src/applications/find-application.ts';
import { findOwnApplication } from '../../src/applications/own-application.ts';
import { listOwnApplications } from '../../src/applications/own-store.ts';
import { addSecret, deleteSecret, listSecrets } from '../../src/applications/secrets.ts';
import {
  acceptTransfer,
  declineTransfer,
  offerTransfer,
  outgoingTransfer,
  withdrawTransfer,
} from '../../src/applications/transfer.ts';
import { incomingTransfers } from '../../src/applications/transfer-store.ts';
import {
  ChangedMeanwhileError,
  type OwnApplicationChanges,
  updateOwnApplication,
} from '../../src/applications/update.ts';
import { readConfig } from '../../src/config/config.ts';
import { inTransaction, type Tx } from '../../src/db/transaction.ts';
import type { Origin } from '../../src/lib/actor.ts';
import { composeMail } from '../../src/mail/compose-mail.ts';
import { APPLICATION_CHANGES } from '../../src/mail/mail.ts';
import {
  createPlatform,
  registerApplication,
  reviewApplication,
  type TestApplication,
  type TestPlatform,
} from '../support/factories.ts';
import { authorize } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { exchange, introspect, obtainTokens, refresh } from '../support/tokens.ts';

let server: TestServer;
let platform: TestPlatform;
/** Application of Ben, a new one for each test. */
let application: TestApplication;
let clientId: string;

before(async () => {
  server = await startServer();
  platform = await createPlatform(server);
});
after(() => server.close());
beforeEach(async () => {
  application = await registerApplication(server, { owner: 'ben', name: 'Seat Map' });
  clientId = application.clientId;
});

const BEN = 'user:ben';
const ADA = 'user:ada';
const ORIGIN: Origin = { ip: '203.0.113.7', userAgent: 'Firefox/140.0' };
const COMPOSE = { ...readConfig({ DEMO: '0' }), issuer: 'https://login.example.com' };
const NOTICE = {
  application: { name: 'Evil\r\nBcc: x@y.z <b>\u202e', owner: '<script>', reviewedHomepage: null },
  at: '2026-07-01T12:00:00.000Z',
  timezone: 'Europe/Berlin',
  origin: ORIGIN,
  path: '/account/applications/abc',
};
const run = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(server.database.db, work);
const code = (expected: string) => (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === expected;
const read = async () => {
  const found = await findApplication(server.database.db, clientId);
  assert.ok(found);
  return found;
};
const edit = async (changes: OwnApplicationChanges, expected?: Date) => {
  const since = expected ?? (await read()).updatedAt;
  return run((tx) => updateOwnApplication(tx, BEN, 'ben', clientId, since, changes, ORIGIN));
};
const review = () => reviewApplication(server, clientId);
const add = (label = '', expiresAt: Date | null = null) =>
  run((tx) => addSecret(tx, BEN, clientId, { label, expiresAt }, ORIGIN));
const offer = (email: string) =>
  run((tx) => offerTransfer(tx, BEN, clientId, 'ben', email, ORIGIN));

/** Returns the log entries of this application for one user, oldest first. */
async function logOf(userId: string) {
  const rows = await server.database.db
    .selectFrom('audit_events')
    .select(['action', 'actor', 'ip', 'data'])
    .where('client_id', '=', clientId)
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ ...row, action: row.action.replace('stagedoor.application.', '') }));
}
const actionsOf = async (userId: string) => (await logOf(userId)).map(({ action }) => action);

/** Returns the queued mails about this application. */
async function mails() {
  const rows = await server.database.db
    .selectFrom('mail_outbox')
    .select(['recipient', 'data', 'kind'])
    .where('kind', '=', 'application_changed')
    .orderBy('created_at')
    .execute();
  return rows
    .filter(({ data }) => {
      const path = String(data.path);
      return path.endsWith(clientId) || path === '/account/applications';
    })
    .map(({ recipient, data }) => ({ recipient, change: String(data.change), data }));
}
const changesMailed = async () =>
  (await mails()).map(({ recipient, change }) => `${recipient}: ${change}`);
const clearMails = () => server.database.db.deleteFrom('mail_outbox').execute();
beforeEach(() => clearMails());

describe('Own applications', () => {
  test('show the number of connected users and the last use', async () => {
    const unused = await findOwnApplication(server.database.db, 'ben', clientId);
    assert.deepEqual([unused?.connectedUsers, unused?.lastUsedAt], [0, null]);
    for (const user of [platform.ada, platform.ada, platform.ben]) {
      await obtainTokens(server, {
        application,
        user,
        scope: 'profile',
        parameters: { prompt: 'consent' },
      });
    }
    const used = await findOwnApplication(server.database.db, 'ben', clientId);
    assert.equal(used?.connectedUsers, 2);
    assert.ok(used?.lastUsedAt instanceof Date);
    const [newest, ...others] = await listOwnApplications(server.database.db, 'ben');
    assert.deepEqual(newest, used);
    assert.ok(others.every((one) => one.application.ownerId === 'ben'));
  });

  test('do not contain applications of other users', async () => {
    assert.equal(await findOwnApplication(server.database.db, 'ada', clientId), undefined);
    assert.equal(await findOwnApplication(server.database.db, 'ben', '\0'), undefined);
    assert.deepEqual(await listOwnApplications(server.database.db, 'ada'), []);
  });
});

describe('Another user’s application: not found for', () => {
  for (const [what, work] of Object.entries<(tx: Tx) => Promise<unknown>>({
    edit: (tx) => updateOwnApplication(tx, ADA, 'ada', clientId, new Date(), { name: 'Mine' }),
    'edit as the owner': (tx) =>
      updateOwnApplication(tx, ADA, 'ben', clientId, new Date(), { name: 'Mine' }),
    'add a secret': (tx) => addSecret(tx, ADA, clientId, { label: '', expiresAt: null }),
    'delete a secret': (tx) => deleteSecret(tx, ADA, clientId, crypto.randomUUID()),
    disable: (tx) => setApplicationActive(tx, ADA, clientId, false),
    delete: (tx) => deleteApplication(tx, ADA, clientId),
    'offer a transfer': (tx) => offerTransfer(tx, ADA, clientId, 'ada', 'ada@example.com'),
    'withdraw an offer': (tx) => withdrawTransfer(tx, ADA, clientId),
    'accept without an offer': (tx) => acceptTransfer(tx, ADA, 'ada', clientId),
    'decline without an offer': (tx) => declineTransfer(tx, ADA, 'ada', clientId),
  })) {
    test(what, async () => {
      const before = await read();
      await assert.rejects(run(work), code('not_found'));
      assert.deepEqual(await read(), before);
    });
  }
});

describe('Editing an application', () => {
  test('is logged, and the client ID stays', async () => {
    const edited = await edit({ name: 'Seats', description: 'All of them', termsUrl: null });
    assert.deepEqual([edited.clientId, edited.name], [clientId, 'Seats']);
    const entry = (await logOf('ben')).at(-1);
    assert.deepEqual(entry, {
      action: 'changed',
      actor: 'user:ben',
      ip: '203.0.113.7',
      data: { application: 'Seats', changed: ['name', 'description'] },
    });
    assert.deepEqual(await changesMailed(), []);
  });

  test('in two tabs: the second save is refused and names the fields that the first one changed', async () => {
    const { updatedAt } = await read();
    await edit({ name: 'First' }, updatedAt);
    await edit({ homepageUrl: null, redirectUris: ['https://new.example.com/'] });
    const second = edit({ name: 'Second' }, updatedAt);
    await assert.rejects(second, (error) => {
      assert.ok(error instanceof ChangedMeanwhileError);
      assert.equal(error.code, 'conflict');
      assert.deepEqual(error.fields, ['homepageUrl', 'name', 'redirectUris']);
      return true;
    });
    assert.equal((await read()).name, 'First');
    assert.equal((await edit({ name: 'Second' })).name, 'Second');
  });

  test('in many tabs at once: exactly one save succeeds', async () => {
    const { updatedAt } = await read();
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => edit({ name: `Tab ${i}` }, updatedAt)),
    );
    const saved = results.filter(({ status }) => status === 'fulfilled');
    assert.equal(saved.length, 1);
    for (const result of results) {
      assert.ok(result.status === 'fulfilled' || result.reason instanceof ChangedMeanwhileError);
    }
  });

  test('after an operator suspended it: the suspension is kept', async () => {
    const { updatedAt } = await read();
    await review();
    await manage(server, 'POST', `/api/v1/applications/${clientId}/suspend/`, { reason: 'Spam' });
    const edited = await edit({ description: 'New' }, updatedAt);
    assert.deepEqual([edited.description, edited.suspensionReason], ['New', 'Spam']);
  });

  test('after an operator edited it: the save is refused with the changed fields', async () => {
    const { updatedAt } = await read();
    await manage(server, 'PATCH', `/api/v1/applications/${clientId}/`, { name: 'Operator’s' });
    await assert.rejects(edit({ name: 'Mine' }, updatedAt), { fields: ['name'] });
    await assert.rejects(edit({ name: 'Mine' }, new Date(Number.NaN)), { fields: ['name'] });
  });

  test('can’t change owner or state', async () => {
    const smuggled = { name: 'New', ownerId: 'ada', isActive: false };
    const edited = await edit(smuggled);
    assert.deepEqual([edited.ownerId, edited.isActive], ['ben', true]);
  });

  test('with new redirect URIs sends a mail to the owner', async () => {
    await edit({ redirectUris: ['https://new.example.com/callback'] });
    const [mail, ...others] = await mails();
    assert.equal(others.length, 0);
    assert.deepEqual(
      [mail?.recipient, mail?.change, mail?.data.details, mail?.data.origin],
      ['ben@example.com', 'redirect_uris_changed', ['https://new.example.com/callback'], ORIGIN],
    );
  });
});

describe('Removing from an application', () => {
  test('a redirect URI: requests with it are refused at once', async () => {
    await edit({ redirectUris: ['https://other.example.com/callback'] });
    const answer = await fetch(
      `${server.issuer}/api/v1/oauth/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: application.redirectUri,
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
      })}`,
      { redirect: 'manual' },
    );
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /redirect_uri/);
  });

  test('a redirect URI: a code issued for it can’t be redeemed', async () => {
    const result = await authorize(server, { application, user: platform.ada });
    await edit({ redirectUris: ['https://other.example.com/callback'] });
    const answer = await exchange(server, application, result);
    assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_grant']);
    assert.equal(answer.body.error_description, 'redirect_uri_removed');
  });

  test('a loopback redirect URI: its codes end, with any port, and codes of other URIs stay valid', async () => {
    const native = await registerApplication(server, {
      owner: 'ben',
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/a', 'http://127.0.0.1/b'],
    });
    clientId = native.clientId;
    const via = (path: string) =>
      authorize(server, {
        application: native,
        user: platform.ada,
        parameters: { redirect_uri: `http://127.0.0.1:5123/${path}` },
      });
    const [a, b] = [await via('a'), await via('b')];
    await edit({ redirectUris: ['http://127.0.0.1/b'] });
    assert.equal((await exchange(server, native, a)).body.error, 'invalid_grant');
    assert.equal((await exchange(server, native, b)).status, 200);
  });

  test('a scope: it is removed from issued and refreshed tokens and from later requests', async () => {
    const tokens = await obtainTokens(server, { application, user: platform.ada });
    assert.equal(tokens.scope, 'read write');
    await edit({ scopes: ['read', 'profile'] });
    const api = platform.resourceServer;
    const live = (await introspect(server, api, tokens.accessToken)).body;
    assert.deepEqual([live.active, live.scope], [true, 'read']);
    const refreshToken = await introspect(server, application, tokens.refreshToken);
    assert.deepEqual([refreshToken.body.active, refreshToken.body.scope], [true, 'read']);
    const refreshed = await refresh(server, application, tokens.refreshToken);
    assert.deepEqual([refreshed.status, refreshed.body.scope], [200, 'read']);
    const after = await introspect(server, api, refreshed.body.access_token ?? '');
    assert.deepEqual([after.body.active, after.body.scope], [true, 'read']);
    const { agent } = tokens.authorization;
    const asked = await authorize(server, {
      application,
      user: platform.ada,
      agent,
      scope: 'read write',
    });
    assert.equal(asked.parameters.error, 'invalid_scope');
  });

  test('the only scope of a token: the token is inactive until the scope is added again', async () => {
    const tokens = await obtainTokens(server, { application, user: platform.ada, scope: 'write' });
    await edit({ scopes: ['read'] });
    const ask = () => introspect(server, platform.resourceServer, tokens.accessToken);
    assert.deepEqual((await ask()).body, { active: false });
    const refused = await refresh(server, application, tokens.refreshToken);
    assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_scope']);
    await edit({ scopes: ['read', 'write'] });
    assert.equal((await ask()).body.scope, 'write');
    assert.equal((await refresh(server, application, tokens.refreshToken)).body.scope, 'write');
  });
});

describe('Application secrets', () => {
  test('are listed with label, last four characters and times', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000);
    const { id, clientSecret } = await add('  build server ', expiresAt);
    const [first, second] = await listSecrets(server.database.db, clientId);
    assert.equal(first?.lastFour, application.clientSecret?.slice(-4));
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
    const [oldest] = await listSecrets(server.database.db, clientId);
    await server.database.db
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
    clientId = (await registerApplication(server, { owner: 'ben', clientType: 'public' })).clientId;
    await assert.rejects(add(), /public application has no secret/);
  });

  test('can be deleted except for the last valid one, also in parallel', async () => {
    const [first] = await listSecrets(server.database.db, clientId);
    const remove = (id = '') => run((tx) => deleteSecret(tx, BEN, clientId, id, ORIGIN));
    await assert.rejects(remove(first?.id), code('conflict'));
    await assert.rejects(remove('no id'), code('not_found'));
    await assert.rejects(remove(crypto.randomUUID()), code('not_found'));
    const second = await add();
    const results = await Promise.allSettled([remove(first?.id), remove(second.id)]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal((await listSecrets(server.database.db, clientId)).length, 1);
    assert.ok((await changesMailed()).includes('ben@example.com: secret_deleted'));
  });

  test('of another application can’t be deleted', async () => {
    const other = await registerApplication(server, { owner: 'ben' });
    await run((tx) => addSecret(tx, BEN, other.clientId, { label: '', expiresAt: null }));
    await add();
    const [foreign] = await listSecrets(server.database.db, other.clientId);
    await assert.rejects(
      run((tx) => deleteSecret(tx, BEN, clientId, foreign?.id ?? '')),
      code('not_found'),
    );
  });

  test('stop working at once when they are deleted', async () => {
    const { accessToken, refreshToken } = await obtainTokens(server, {
      application,
      user: platform.ada,
    });
    const { clientSecret } = await add();
    const [old] = await listSecrets(server.database.db, clientId);
    await run((tx) => deleteSecret(tx, BEN, clientId, old?.id ?? ''));
    assert.equal((await introspect(server, application, accessToken)).status, 401);
    const refused = await refresh(server, application, refreshToken);
    assert.deepEqual([refused.status, refused.body.error], [401, 'invalid_client']);
    const next = { clientId, clientSecret };
    assert.equal((await refresh(server, next, refreshToken)).status, 200);
  });

  test('show the time of last use', async () => {
    const used = async () => (await listSecrets(server.database.db, clientId))[0]?.lastUsedAt;
    await refresh(server, { clientId, clientSecret: 'wrong' }, 'sdr_x');
    await sleep(100);
    assert.equal(await used(), null);
    await refresh(server, application, 'sdr_x');
    let seen = await used();
    for (let i = 0; i < 100 && !seen; i += 1) {
      await sleep(20);
      seen = await used();
    }
    assert.ok(seen instanceof Date);
    await refresh(server, application, 'sdr_x');
    await sleep(100);
    assert.deepEqual(await used(), seen);
  });

  test('can be replaced without a failed request of a running client', async () => {
    const tokens = await obtainTokens(server, { application, user: platform.ada });
    let client = application;
    let [running, count] = [true, 0];
    const loop = async () => {
      let { accessToken, refreshToken } = tokens;
      while (running) {
        const used = client;
        const refreshed = await refresh(server, used, refreshToken);
        assert.equal(refreshed.status, 200, JSON.stringify(refreshed.body));
        accessToken = refreshed.body.access_token ?? '';
        refreshToken = refreshed.body.refresh_token ?? '';
        const asked = await introspect(server, used, accessToken);
        assert.equal(asked.body.active, true);
        count += 1;
      }
    };
    const loops = loop().finally(() => {
      running = false;
    });
    for (let round = 0; round < 5; round += 1) {
      const before = await listSecrets(server.database.db, clientId);
      const { clientSecret } = await add(`round ${round}`);
      client = { ...application, clientSecret };
      // Deployment of the new secret: requests with the old one are still in flight.
      const deployed = count + 2;
      while (running && count < deployed) {
        await sleep(5);
      }
      for (const { id } of before) {
        await run((tx) => deleteSecret(tx, BEN, clientId, id));
      }
    }
    running = false;
    await loops;
    assert.ok(count >= 10);
  });
});

describe('Disabling an application', () => {
  test('makes its tokens inactive, and enabling makes them active again', async () => {
    const { accessToken, refreshToken } = await obtainTokens(server, {
      application,
      user: platform.ada,
    });
    const active = async () =>
      (await introspect(server, platform.resourceServer, accessToken)).body.active;
    const turn = (on: boolean) => run((tx) => setApplicationActive(tx, BEN, clientId, on, ORIGIN));
    await turn(false);
    await turn(false);
    assert.equal(await active(), false);
    const refused = await refresh(server, application, refreshToken);
    assert.deepEqual(
      [refused.body.error, refused.body.error_description],
      ['invalid_grant', 'application_suspended'],
    );
    await turn(true);
    assert.equal(await active(), true);
    assert.equal((await refresh(server, application, refreshToken)).status, 200);
    assert.deepEqual((await actionsOf('ben')).slice(-2), ['disabled', 'enabled']);
  });

  test('deletion revokes every grant and is in each user’s log', async () => {
    const { accessToken } = await obtainTokens(server, { application, user: platform.ada });
    await run((tx) => deleteApplication(tx, BEN, clientId, ORIGIN));
    const asked = await introspect(server, platform.resourceServer, accessToken);
    assert.deepEqual(asked.body, { active: false });
    assert.equal((await logOf('ben')).at(-1)?.action, 'deleted');
    assert.equal((await logOf('ada')).at(-1)?.action, 'stagedoor.user.oauth.revoked');
  });
});

describe('Transfer of an application', () => {
  test('accepted: the owner changes, and both users get a log entry and a mail', async () => {
    await offer(' ADA@example.com ');
    const outgoing = await outgoingTransfer(server.database.db, clientId);
    assert.equal(outgoing?.email, 'ADA@example.com');
    const [incoming, ...others] = await incomingTransfers(server.database.db, 'ada');
    assert.equal(others.length, 0);
    assert.deepEqual(
      [incoming?.application.clientId, incoming?.fromName, incoming?.createdAt],
      [clientId, 'Ben Example', outgoing?.createdAt],
    );
    await run((tx) => acceptTransfer(tx, ADA, 'ada', clientId, ORIGIN));
    assert.deepEqual([(await read()).ownerId, (await read()).ownerName], ['ada', 'Ada Example']);
    assert.equal(await outgoingTransfer(server.database.db, clientId), undefined);
    assert.deepEqual(await incomingTransfers(server.database.db, 'ada'), []);
    assert.deepEqual(await actionsOf('ben'), [
      'registered',
      'transfer_offered',
      'transfer_accepted',
    ]);
    assert.deepEqual(await actionsOf('ada'), ['transfer_accepted']);
    assert.deepEqual((await logOf('ben')).at(-1)?.ip, null);
    assert.deepEqual((await changesMailed()).sort(), [
      'ada@example.com: transfer_received',
      'ada@example.com: transferred_to_you',
      'ben@example.com: transfer_offered',
      'ben@example.com: transferred_away',
    ]);
    await assert.rejects(add(), code('not_found'));
    await assert.rejects(
      run((tx) => acceptTransfer(tx, ADA, 'ada', clientId)),
      code('not_found'),
    );
  });

  test('declined: the owner stays', async () => {
    await offer('ada@example.com');
    await run((tx) => declineTransfer(tx, ADA, 'ada', clientId));
    assert.equal((await read()).ownerId, 'ben');
    assert.equal((await actionsOf('ben')).at(-1), 'transfer_declined');
    assert.equal(await outgoingTransfer(server.database.db, clientId), undefined);
  });

  test('accept and withdraw race: exactly one wins', async () => {
    for (let round = 0; round < 3; round += 1) {
      await offer('ada@example.com');
      const [accepted, withdrawn] = await Promise.allSettled([
        run((tx) => acceptTransfer(tx, ADA, 'ada', clientId)),
        run((tx) => withdrawTransfer(tx, BEN, clientId)),
      ]);
      const { ownerId } = await read();
      assert.equal(ownerId, accepted.status === 'fulfilled' ? 'ada' : 'ben');
      assert.equal(withdrawn.status, accepted.status === 'fulfilled' ? 'rejected' : 'fulfilled');
      await manage(server, 'PATCH', `/api/v1/applications/${clientId}/`, { owner: 'ben' });
    }
  });

  test('offered to an unknown address or a deactivated user: the result looks the same', async () => {
    await manage(server, 'PUT', '/api/v1/users/eve/', {
      email: 'eve@example.com',
      is_active: false,
    });
    const seen: unknown[] = [];
    for (const email of ['ada@example.com', 'nobody@example.com', 'eve@example.com']) {
      await clearMails();
      await offer(email);
      const outgoing = await outgoingTransfer(server.database.db, clientId);
      const entry = (await logOf('ben')).at(-1);
      const toBen = (await mails()).filter(({ recipient }) => recipient === 'ben@example.com');
      seen.push(
        JSON.parse(
          JSON.stringify([
            { ...outgoing, createdAt: undefined },
            entry,
            toBen.map(({ data }) => ({ ...data, at: undefined })),
          ]).replaceAll(email, 'EMAIL'),
        ),
      );
      const receivers = (await mails()).filter(({ change }) => change === 'transfer_received');
      assert.equal(receivers.length, email.startsWith('ada') ? 1 : 0);
      await run((tx) => withdrawTransfer(tx, BEN, clientId));
    }
    assert.deepEqual(seen[1], seen[0]);
    assert.deepEqual(seen[2], seen[0]);
    assert.deepEqual(await incomingTransfers(server.database.db, 'eve'), []);
  });

  test('offered to an invalid address or twice: refused', async () => {
    const other = await registerApplication(server, { owner: 'eve' }).catch(() => undefined);
    assert.ok(other);
    clientId = other.clientId;
    const offerOf = (email: string) =>
      run((tx) => offerTransfer(tx, 'user:eve', clientId, 'eve', email));
    for (const email of ['', 'ada', 'a@b@c', 'ada@example.com\0', 'ada@example.com\nBcc: x@y.z']) {
      await assert.rejects(offerOf(email), code('validation_failed'), email);
    }
    await offerOf('ada@example.com');
    await assert.rejects(offerOf('ben@example.com'), code('conflict'));
    await run((tx) => withdrawTransfer(tx, 'user:eve', clientId));
  });

  test('offered to the owner: refused', async () => {
    await assert.rejects(offer('BEN@example.com'), /yours already/);
  });

  test('an offer ends when an operator sets another owner', async () => {
    await offer('ada@example.com');
    await manage(server, 'PATCH', `/api/v1/applications/${clientId}/`, { owner: 'eve' });
    await assert.rejects(
      run((tx) => acceptTransfer(tx, ADA, 'ada', clientId)),
      code('not_found'),
    );
    assert.equal((await read()).ownerId, 'eve');
  });
});

describe('Mails to the owner', () => {
  test('are sent when an operator suspends or resumes the application, with the reason', async () => {
    const path = `/api/v1/applications/${clientId}`;
    await manage(server, 'POST', `${path}/suspend/`, { reason: 'It sends <b>spam</b>' });
    await manage(server, 'POST', `${path}/suspend/`, { reason: 'It sends <b>spam</b>' });
    await manage(server, 'POST', `${path}/resume/`);
    await manage(server, 'POST', `${path}/resume/`);
    assert.deepEqual(await changesMailed(), [
      'ben@example.com: suspended',
      'ben@example.com: resumed',
    ]);
    assert.equal((await mails())[0]?.data.reason, 'It sends <b>spam</b>');
  });

  test('are not sent if the transaction is rolled back', async () => {
    await assert.rejects(
      run(async (tx) => {
        await addSecret(tx, BEN, clientId, { label: '', expiresAt: null });
        throw new Error('rolled back');
      }),
      /rolled back/,
    );
    assert.deepEqual(await changesMailed(), []);
    assert.equal((await listSecrets(server.database.db, clientId)).length, 1);
  });

  for (const locale of ['en', 'de']) {
    test(`have complete texts for every kind of change: ${locale}`, () => {
      for (const change of APPLICATION_CHANGES) {
        const data = {
          ...NOTICE,
          change,
          reason: 'Why <i>',
          details: ['\u202ewhat\r\nBcc: x@y.z <i>'],
        };
        const mail = composeMail(COMPOSE, { kind: 'application_changed', locale, data });
        for (const part of [mail.subject, mail.text, mail.html]) {
          const words = part.replace(/<style>[\s\S]*<\/style>/, '');
          assert.doesNotMatch(words, /\{\w+\}|undefined|\[object|changed\./, change);
          assert.doesNotMatch(part, /\u202e/);
        }
        assert.doesNotMatch(mail.html, /<i>|<b>|<script/);
        assert.doesNotMatch(mail.text, /\n{4}|\nBcc/);
        assert.doesNotMatch(mail.subject, /[\r\n]/);
        assert.ok(mail.html.includes(`<html lang="${locale}">`));
        assert.ok(mail.html.includes('href="https://login.example.com/account/applications/abc"'));
        assert.ok(mail.text.includes('Why <i>'));
      }
    });
  }

  test('escape the names that were stored in the outbox', async () => {
    await edit({ name: 'Evil "now" <b>x</b>' });
    await add('laptop');
    await offer('ada@example.com').catch(() => {});
    for (const { data } of await mails()) {
      const mail = composeMail(COMPOSE, { kind: 'application_changed', locale: 'en', data });
      assert.match(mail.subject, /: “Evil 'now' <b>x<\/b>”$/);
      assert.match(mail.html, /Evil &#39;now&#39; &lt;b&gt;x&lt;\/b&gt;/);
    }
  });
});
