import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  acceptTransfer,
  declineTransfer,
  offerTransfer,
  withdrawTransfer,
} from '../../src/applications/transfer.ts';
import {
  incomingTransfers,
  selectOutgoingTransfer,
} from '../../src/applications/transfer-store.ts';
import { registerApplication } from '../support/factories.ts';
import { ADA, BEN, code, ORIGIN, useOwnApplication } from '../support/own-application.ts';
import { manage } from '../support/platform.ts';

const { own, run, read, add, offer, logOf, actionsOf, mails, changesMailed, clearMails } =
  useOwnApplication();

describe('Transfer of an application', () => {
  test('accepted: the owner changes, and both users get a log entry and a mail', async () => {
    await offer(' ADA@example.com ');
    const outgoing = await selectOutgoingTransfer(own.server.database.db, own.clientId);
    assert.equal(outgoing?.email, 'ADA@example.com');
    const [incoming, ...others] = await incomingTransfers(own.server.database.db, 'ada');
    assert.equal(others.length, 0);
    assert.deepEqual(
      [incoming?.application.clientId, incoming?.fromName, incoming?.createdAt],
      [own.clientId, 'Ben Example', outgoing?.createdAt],
    );
    await run((tx) => acceptTransfer(tx, ADA, 'ada', own.clientId, ORIGIN));
    assert.deepEqual([(await read()).ownerId, (await read()).ownerName], ['ada', 'Ada Example']);
    assert.equal(await selectOutgoingTransfer(own.server.database.db, own.clientId), undefined);
    assert.deepEqual(await incomingTransfers(own.server.database.db, 'ada'), []);
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
      run((tx) => acceptTransfer(tx, ADA, 'ada', own.clientId)),
      code('not_found'),
    );
  });

  test('declined: the owner stays', async () => {
    await offer('ada@example.com');
    await run((tx) => declineTransfer(tx, ADA, 'ada', own.clientId));
    assert.equal((await read()).ownerId, 'ben');
    assert.equal((await actionsOf('ben')).at(-1), 'transfer_declined');
    assert.equal(await selectOutgoingTransfer(own.server.database.db, own.clientId), undefined);
  });

  test('accept and withdraw race: exactly one wins', async () => {
    for (let round = 0; round < 3; round += 1) {
      await offer('ada@example.com');
      const [accepted, withdrawn] = await Promise.allSettled([
        run((tx) => acceptTransfer(tx, ADA, 'ada', own.clientId)),
        run((tx) => withdrawTransfer(tx, BEN, own.clientId)),
      ]);
      const { ownerId } = await read();
      assert.equal(ownerId, accepted.status === 'fulfilled' ? 'ada' : 'ben');
      assert.equal(withdrawn.status, accepted.status === 'fulfilled' ? 'rejected' : 'fulfilled');
      await manage(own.server, 'PATCH', `/api/v1/applications/${own.clientId}/`, { owner: 'ben' });
    }
  });

  test('offered to an unknown address or a deactivated user: the result looks the same', async () => {
    await manage(own.server, 'PUT', '/api/v1/users/eve/', {
      email: 'eve@example.com',
      is_active: false,
    });
    const seen: unknown[] = [];
    for (const email of ['ada@example.com', 'nobody@example.com', 'eve@example.com']) {
      await clearMails();
      await offer(email);
      const outgoing = await selectOutgoingTransfer(own.server.database.db, own.clientId);
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
      await run((tx) => withdrawTransfer(tx, BEN, own.clientId));
    }
    assert.deepEqual(seen[1], seen[0]);
    assert.deepEqual(seen[2], seen[0]);
    assert.deepEqual(await incomingTransfers(own.server.database.db, 'eve'), []);
  });

  test('offered to an invalid address or twice: refused', async () => {
    const other = await registerApplication(own.server, { owner: 'eve' }).catch(() => undefined);
    assert.ok(other);
    own.clientId = other.clientId;
    const offerOf = (email: string) =>
      run((tx) => offerTransfer(tx, 'user:eve', own.clientId, 'eve', email));
    for (const email of ['', 'ada', 'a@b@c', 'ada@example.com\0', 'ada@example.com\nBcc: x@y.z']) {
      await assert.rejects(offerOf(email), code('validation_failed'), email);
    }
    await offerOf('ada@example.com');
    await assert.rejects(offerOf('ben@example.com'), code('conflict'));
    await run((tx) => withdrawTransfer(tx, 'user:eve', own.clientId));
  });

  test('offered to the owner: refused', async () => {
    await assert.rejects(offer('BEN@example.com'), /yours already/);
  });

  test('an offer ends when an operator sets another owner', async () => {
    await offer('ada@example.com');
    await manage(own.server, 'PATCH', `/api/v1/applications/${own.clientId}/`, { owner: 'eve' });
    await assert.rejects(
      run((tx) => acceptTransfer(tx, ADA, 'ada', own.clientId)),
      code('not_found'),
    );
    assert.equal((await read()).ownerId, 'eve');
  });
});
