import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import { addSecret } from '../../src/applications/secrets.ts';
import { findApplication } from '../../src/applications/store.ts';
import { offerTransfer } from '../../src/applications/transfer.ts';
import { type ApplicationChanges, updateOwnApplication } from '../../src/applications/update.ts';
import { inTransaction, type Tx } from '../../src/db/transaction.ts';
import type { Origin } from '../../src/lib/actor.ts';
import { registerApplication, type TestApplication, type TestPlatform } from './factories.ts';
import { startPlatform } from './platform-server.ts';
import type { TestServer } from './server.ts';

export const BEN = 'user:ben';
export const ADA = 'user:ada';
export const ORIGIN: Origin = { ip: '203.0.113.7', userAgent: 'Firefox/140.0' };

/** Matches an error with this code. */
export const code = (expected: string) => (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === expected;

/** State that tests share; `application` is one of Ben, a new one for each test. */
interface Own {
  server: TestServer;
  platform: TestPlatform;
  application: TestApplication;
  /** Application that `read`, `edit`, `add`, `offer`, the log and the mails are about. */
  clientId: string;
}

/** Starts a server for the tests of a file; calls use cases of an application of Ben. */
export function useOwnApplication() {
  // Set by the hooks, before the first test.
  const own = {} as Own;
  before(async () => {
    Object.assign(own, await startPlatform());
  });
  after(() => own.server.close());
  beforeEach(async () => {
    own.application = await registerApplication(own.server, { owner: 'ben', name: 'Seat Map' });
    own.clientId = own.application.clientId;
    await clearMails();
  });

  const run = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(own.server.database.db, work);
  const read = async () => {
    const found = await findApplication(own.server.database.db, own.clientId);
    assert.ok(found);
    return found;
  };
  const edit = async (changes: ApplicationChanges, expected?: Date) => {
    const since = expected ?? (await read()).updatedAt;
    return run((tx) => updateOwnApplication(tx, BEN, own.clientId, since, changes, ORIGIN));
  };
  const add = (label = '', expiresAt: Date | null = null) =>
    run((tx) => addSecret(tx, BEN, own.clientId, { label, expiresAt }, ORIGIN));
  const offer = (email: string) =>
    run((tx) => offerTransfer(tx, BEN, own.clientId, 'ben', email, ORIGIN));

  /** Returns the log entries of this application for one user, oldest first. */
  async function logOf(userId: string) {
    const rows = await own.server.database.db
      .selectFrom('audit_events')
      .select(['action', 'actor', 'ip', 'data'])
      .where('client_id', '=', own.clientId)
      .where('user_id', '=', userId)
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      ...row,
      action: row.action.replace('stagedoor.application.', ''),
    }));
  }
  const actionsOf = async (userId: string) => (await logOf(userId)).map(({ action }) => action);

  /** Returns the queued mails about this application. */
  async function mails() {
    const rows = await own.server.database.db
      .selectFrom('mail_outbox')
      .select(['recipient', 'data', 'kind'])
      .where('kind', '=', 'application_changed')
      .orderBy('created_at')
      .execute();
    return rows
      .filter(({ data }) => {
        const path = String(data.path);
        return path.endsWith(own.clientId) || path === '/account/applications';
      })
      .map(({ recipient, data }) => ({ recipient, change: String(data.change), data }));
  }
  const changesMailed = async () =>
    (await mails()).map(({ recipient, change }) => `${recipient}: ${change}`);
  const clearMails = () => own.server.database.db.deleteFrom('mail_outbox').execute();

  return { own, run, read, edit, add, offer, logOf, actionsOf, mails, changesMailed, clearMails };
}
