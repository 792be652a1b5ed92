import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setApplicationActive } from '../../src/applications/change-state.ts';
import { deleteApplication } from '../../src/applications/delete-application.ts';
import { findOwnApplication, listOwnApplications } from '../../src/applications/own-store.ts';
import { addSecret, deleteSecret } from '../../src/applications/secrets.ts';
import {
  acceptTransfer,
  declineTransfer,
  offerTransfer,
  withdrawTransfer,
} from '../../src/applications/transfer.ts';
import { ChangedMeanwhileError, updateOwnApplication } from '../../src/applications/update.ts';
import type { Tx } from '../../src/db/transaction.ts';
import { registerApplication, reviewApplication } from '../support/factories.ts';
import { authorize } from '../support/flow.ts';
import { ADA, BEN, code, ORIGIN, useOwnApplication } from '../support/own-application.ts';
import { manage } from '../support/platform.ts';
import { exchange, introspect, obtainTokens, refresh } from '../support/tokens.ts';

const { own, run, read, edit, logOf, actionsOf, mails, changesMailed } = useOwnApplication();

const review = () => reviewApplication(own.server, own.clientId);

describe('Own applications', () => {
  test('show the number of connected users and the last use', async () => {
    const unused = await findOwnApplication(own.server.database.db, 'ben', own.clientId);
    assert.deepEqual([unused?.connectedUsers, unused?.lastUsedAt], [0, null]);
    for (const user of [own.platform.ada, own.platform.ada, own.platform.ben]) {
      await obtainTokens(own.server, {
        application: own.application,
        user,
        scope: 'profile',
        parameters: { prompt: 'consent' },
      });
    }
    const used = await findOwnApplication(own.server.database.db, 'ben', own.clientId);
    assert.equal(used?.connectedUsers, 2);
    assert.ok(used?.lastUsedAt instanceof Date);
    const [newest, ...others] = await listOwnApplications(own.server.database.db, 'ben');
    assert.deepEqual(newest, used);
    assert.ok(others.every((one) => one.application.ownerId === 'ben'));
  });

  test('do not contain applications of other users', async () => {
    assert.equal(await findOwnApplication(own.server.database.db, 'ada', own.clientId), undefined);
    assert.equal(await findOwnApplication(own.server.database.db, 'ben', '\0'), undefined);
    assert.deepEqual(await listOwnApplications(own.server.database.db, 'ada'), []);
  });
});

describe('Another user’s application: not found for', () => {
  for (const [what, work] of Object.entries<(tx: Tx) => Promise<unknown>>({
    edit: (tx) => updateOwnApplication(tx, ADA, own.clientId, new Date(), { name: 'Mine' }),
    'add a secret': (tx) => addSecret(tx, ADA, own.clientId, { label: '', expiresAt: null }),
    'delete a secret': (tx) => deleteSecret(tx, ADA, own.clientId, crypto.randomUUID()),
    disable: (tx) => setApplicationActive(tx, ADA, own.clientId, false),
    delete: (tx) => deleteApplication(tx, ADA, own.clientId),
    'offer a transfer': (tx) => offerTransfer(tx, ADA, own.clientId, 'ada', 'ada@example.com'),
    'withdraw an offer': (tx) => withdrawTransfer(tx, ADA, own.clientId),
    'accept without an offer': (tx) => acceptTransfer(tx, ADA, 'ada', own.clientId),
    'decline without an offer': (tx) => declineTransfer(tx, ADA, 'ada', own.clientId),
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
    assert.deepEqual([edited.clientId, edited.name], [own.clientId, 'Seats']);
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
    for (const time of [Number.NaN, -1, 8.64e15]) {
      await assert.rejects(edit({ name: 'Forged' }, new Date(time)), ChangedMeanwhileError);
    }
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
    await manage(own.server, 'POST', `/api/v1/applications/${own.clientId}/suspend/`, {
      reason: 'Spam',
    });
    const edited = await edit({ description: 'New' }, updatedAt);
    assert.deepEqual([edited.description, edited.suspensionReason], ['New', 'Spam']);
  });

  test('after an operator edited it: the save is refused with the changed fields', async () => {
    const { updatedAt } = await read();
    await manage(own.server, 'PATCH', `/api/v1/applications/${own.clientId}/`, {
      name: 'Operator’s',
    });
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
      `${own.server.issuer}/api/v1/oauth/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: own.clientId,
        redirect_uri: own.application.redirectUri,
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
      })}`,
      { redirect: 'manual' },
    );
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /redirect_uri/);
  });

  test('a redirect URI: a code issued for it can’t be redeemed', async () => {
    const result = await authorize(own.server, {
      application: own.application,
      user: own.platform.ada,
    });
    await edit({ redirectUris: ['https://other.example.com/callback'] });
    const answer = await exchange(own.server, own.application, result);
    assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_grant']);
    assert.equal(answer.body.error_description, 'redirect_uri_removed');
  });

  test('a loopback redirect URI: its codes end, with any port, and codes of other URIs stay valid', async () => {
    const native = await registerApplication(own.server, {
      owner: 'ben',
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/a', 'http://127.0.0.1/b'],
    });
    own.clientId = native.clientId;
    const via = (path: string) =>
      authorize(own.server, {
        application: native,
        user: own.platform.ada,
        parameters: { redirect_uri: `http://127.0.0.1:5123/${path}` },
      });
    const [a, b] = [await via('a'), await via('b')];
    await edit({ redirectUris: ['http://127.0.0.1/b'] });
    assert.equal((await exchange(own.server, native, a)).body.error, 'invalid_grant');
    assert.equal((await exchange(own.server, native, b)).status, 200);
  });

  test('a scope: it is removed from issued and refreshed tokens and from later requests', async () => {
    const tokens = await obtainTokens(own.server, {
      application: own.application,
      user: own.platform.ada,
    });
    assert.equal(tokens.scope, 'read write');
    await edit({ scopes: ['read', 'profile'] });
    const api = own.platform.resourceServer;
    const live = (await introspect(own.server, api, tokens.accessToken)).body;
    assert.deepEqual([live.active, live.scope], [true, 'read']);
    const refreshToken = await introspect(own.server, own.application, tokens.refreshToken);
    assert.deepEqual([refreshToken.body.active, refreshToken.body.scope], [true, 'read']);
    const refreshed = await refresh(own.server, own.application, tokens.refreshToken);
    assert.deepEqual([refreshed.status, refreshed.body.scope], [200, 'read']);
    const after = await introspect(own.server, api, refreshed.body.access_token ?? '');
    assert.deepEqual([after.body.active, after.body.scope], [true, 'read']);
    const { agent } = tokens.authorization;
    const asked = await authorize(own.server, {
      application: own.application,
      user: own.platform.ada,
      agent,
      scope: 'read write',
    });
    assert.equal(asked.parameters.error, 'invalid_scope');
  });

  test('the only scope of a token: the token is inactive until the scope is added again', async () => {
    const tokens = await obtainTokens(own.server, {
      application: own.application,
      user: own.platform.ada,
      scope: 'write',
    });
    await edit({ scopes: ['read'] });
    const ask = () => introspect(own.server, own.platform.resourceServer, tokens.accessToken);
    assert.deepEqual((await ask()).body, { active: false });
    const refused = await refresh(own.server, own.application, tokens.refreshToken);
    assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_scope']);
    await edit({ scopes: ['read', 'write'] });
    assert.equal((await ask()).body.scope, 'write');
    assert.equal(
      (await refresh(own.server, own.application, tokens.refreshToken)).body.scope,
      'write',
    );
  });
});

describe('Disabling an application', () => {
  test('makes its tokens inactive, and enabling makes them active again', async () => {
    const { accessToken, refreshToken } = await obtainTokens(own.server, {
      application: own.application,
      user: own.platform.ada,
    });
    const active = async () =>
      (await introspect(own.server, own.platform.resourceServer, accessToken)).body.active;
    const turn = (on: boolean) =>
      run((tx) => setApplicationActive(tx, BEN, own.clientId, on, ORIGIN));
    await turn(false);
    await turn(false);
    assert.equal(await active(), false);
    const refused = await refresh(own.server, own.application, refreshToken);
    assert.deepEqual(
      [refused.body.error, refused.body.error_description],
      ['invalid_grant', 'application_suspended'],
    );
    await turn(true);
    assert.equal(await active(), true);
    assert.equal((await refresh(own.server, own.application, refreshToken)).status, 200);
    assert.deepEqual((await actionsOf('ben')).slice(-2), ['disabled', 'enabled']);
  });

  test('deletion revokes every grant and is in each user’s log', async () => {
    const { accessToken } = await obtainTokens(own.server, {
      application: own.application,
      user: own.platform.ada,
    });
    await run((tx) => deleteApplication(tx, BEN, own.clientId, ORIGIN));
    const asked = await introspect(own.server, own.platform.resourceServer, accessToken);
    assert.deepEqual(asked.body, { active: false });
    assert.equal((await logOf('ben')).at(-1)?.action, 'deleted');
    assert.equal((await logOf('ada')).at(-1)?.action, 'stagedoor.user.oauth.revoked');
  });
});
