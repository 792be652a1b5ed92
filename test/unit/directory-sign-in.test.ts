import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { RIGHTS } from '../../src/api/operator.ts';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { patchUser, putUser } from '../../src/directory/write-user.ts';
import { authenticate } from '../../src/sign-in/authenticate.ts';
import { createPasswordHasher } from '../../src/users/password.ts';
import { createPasswordQueue, passwordWork } from '../../src/users/password-queue.ts';
import { findActiveUser } from '../../src/users/user-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { CHEAP_PASSWORDS } from '../support/passwords.ts';

const EDITOR = { actor: 'operator:cli', rights: RIGHTS } as const;
const ADA = {
  email: 'Ada@Example.com',
  fullName: 'Ada Example',
  locale: 'de',
  timezone: 'Europe/Berlin',
  isActive: true,
  password: 'correct horse battery staple',
};

const work = passwordWork(
  createPasswordQueue(1, () => {}),
  'trusted',
);
const hash = work.hashUnlessKnown;

let testDatabase: TestDatabase;
let database: Database;
before(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, dataDir: '', connections: 4 });
  await inTransaction(database.db, async (tx) => {
    await putUser(tx, EDITOR, 'ada', ADA, hash);
    await putUser(tx, EDITOR, 'gone', { ...ADA, email: 'gone@example.com', isActive: false }, hash);
    await putUser(tx, EDITOR, 'sso', { ...ADA, email: 'sso@example.com', password: null }, hash);
  });
});
after(async () => {
  await database.close();
  await testDatabase.drop();
});

const signIn = async (email: string, password = ADA.password) =>
  (await authenticate(database.db, email, password, work))?.user;

describe('Sign-in by e-mail and password', () => {
  test('finds the user in any case and with spaces around the address', async () => {
    const { password, ...fields } = ADA;
    for (const email of ['Ada@Example.com', 'ada@example.com', '  ADA@EXAMPLE.COM\n']) {
      assert.deepEqual(await signIn(email, password), { id: 'ada', isOperator: false, ...fields });
    }
  });

  test('finds no user with a wrong password, an unknown address or without a password', async () => {
    assert.equal(await signIn('ada@example.com', 'wrong'), undefined);
    assert.equal(await signIn('ada@example.com', ''), undefined);
    assert.equal(await signIn('ada@example.com', `${ADA.password} `), undefined);
    assert.equal(await signIn('nobody@example.com'), undefined);
    assert.equal(await signIn('sso@example.com'), undefined);
    assert.equal(await signIn('sso@example.com', ''), undefined);
    assert.equal(await signIn('gone@example.com'), undefined);
  });

  test('finds no user for malformed addresses and passwords', async () => {
    const addresses = [
      '',
      '\0',
      'ada@example.com\0',
      '\ud800',
      '%',
      "' or 1=1 --",
      'x'.repeat(1e6),
    ];
    for (const address of addresses) {
      assert.equal(await signIn(address), undefined);
    }
    for (const password of ['\0', '\ud800', 'x'.repeat(1024), 'x'.repeat(1025), 'ß'.repeat(1e6)]) {
      assert.equal(await signIn('ada@example.com', password), undefined);
    }
  });

  test('takes the same time for an unknown address and a wrong password', async () => {
    const tries: [email: string, password: string][] = [
      ['ada@example.com', 'wrong'],
      ['nobody@example.com', 'wrong'],
      ['gone@example.com', 'wrong'],
      ['sso@example.com', 'wrong'],
      ['x\0', 'wrong'],
      // Refused immediately for any address, which reveals nothing about the address.
      ['ada@example.com', 'x'.repeat(1025)],
    ];
    // Alternates, and uses the shortest time of each: other load only increases times.
    const shortest = tries.map(() => Number.POSITIVE_INFINITY);
    for (let n = 0; n < 15; n += 1) {
      for (const [index, [email, password]] of tries.entries()) {
        // CPU time of this process, so that other load does not matter.
        const start = process.cpuUsage();
        await signIn(email, password);
        const { user, system } = process.cpuUsage(start);
        shortest[index] = Math.min(shortest[index] ?? 0, (user + system) / 1000);
      }
    }
    const [known = 0, ...others] = shortest;
    const tooLong = others.pop() ?? 0;
    for (const [index, other] of others.entries()) {
      const email = tries[index + 1]?.[0];
      assert.ok(other > known / 2 && other < known * 2, `${email}: ${other} ms, not ${known} ms`);
    }
    assert.ok(tooLong < known / 2);
  });

  test('accepts a password in another Unicode form', async () => {
    const hasher = createPasswordHasher(CHEAP_PASSWORDS);
    const hash = await hasher.hash('Bu\u0308hne');
    assert.ok(await hasher.verify(hash, 'B\u00fchne'));
    assert.ok(!(await hasher.verify(hash, 'Buhne')));
  });

  test('stores passwords as argon2id, at the cost of the hash used for unknown addresses', async () => {
    assert.match(await createPasswordHasher().hash('x'), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

test('Deactivating a user ends sign-in and open sessions', async () => {
  const { db } = database;
  const openSession = (id: number) =>
    db
      .insertInto('sessions')
      .values({
        id_hash: Buffer.alloc(32, id),
        uid: `session ${id}`,
        user_id: 'ada',
        authenticated_at: new Date(),
        expires_at: new Date(Date.now() + 60_000),
      })
      .execute();
  const sessions = async () => (await db.selectFrom('sessions').select('uid').execute()).length;
  const patch = (changes: Parameters<typeof patchUser>[3]) =>
    inTransaction(db, (tx) => patchUser(tx, EDITOR, 'ada', changes, hash));

  await openSession(1);
  await patch({ fullName: 'Ada', password: ADA.password });
  assert.equal(await sessions(), 1, 'setting the same password ends nothing');
  await patch({ isActive: false });
  assert.equal(await sessions(), 0);
  assert.equal(await signIn('ada@example.com'), undefined);
  assert.equal(await findActiveUser(db, 'ada'), undefined);
  await patch({ isActive: true });
  assert.ok(await signIn('ada@example.com'));
  await openSession(2);
  await patch({ password: 'another one' });
  assert.equal(await sessions(), 0, 'another password ends all sessions');
});
