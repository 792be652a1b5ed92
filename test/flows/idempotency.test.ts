import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { cleanUp } from '../support/clean-up.ts';
import { prepared } from '../support/fixture.ts';
import { startManagementServer } from '../support/management-server.ts';
import { until } from '../support/outbox.ts';
import { callManagement } from '../support/platform.ts';

const server = prepared(startManagementServer, (one) => one.close());

const APPLICATIONS = '/api/v1/applications/';
const BODY = { name: 'Box Office', redirect_uris: ['https://app.example.com/'] };
const post = (
  key: string,
  body: unknown = BODY,
  path = APPLICATIONS,
  token = server.operatorToken,
) =>
  callManagement({ issuer: server.issuer, operatorToken: token }, 'POST', path, body, {
    'idempotency-key': key,
  });
const field = (body: unknown, name: string) => Reflect.get(Object(body), name);
const count = async (table: 'applications' | 'idempotent_calls') =>
  Number(
    (
      await server.database.db
        .selectFrom(table)
        .select((eb) => eb.fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  );

describe('POST with an Idempotency-Key', () => {
  test('after OPERATOR_TOKEN changed: 409, not carried out again', async () => {
    const key = randomUUID();
    const first = await post(key);
    assert.equal(first.status, 201);
    const before = await count('applications');
    // A response sealed with the previous token can't be opened with the new one.
    await sql`update idempotent_calls set sealed_answer = set_byte(sealed_answer, 20,
      get_byte(sealed_answer, 20) # 1)`.execute(server.database.db);
    const again = await post(key);
    assert.equal(again.status, 409, JSON.stringify(again.body));
    assert.match(String(field(again.body, 'detail')), /came with another operator token/);
    assert.equal(await count('applications'), before);
    await sql`delete from idempotent_calls`.execute(server.database.db);
  });

  test('repeated: carried out once, and the first response is returned, including the secret', async () => {
    const before = await count('applications');
    const key = randomUUID();
    const first = await post(key);
    assert.equal(first.status, 201);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    const again = await post(key);
    assert.deepEqual([again.status, again.body], [first.status, first.body]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.match(again.headers.get('content-type') ?? '', /^application\/json/);
    assert.equal(await count('applications'), before + 1);
    const other = await post(randomUUID());
    assert.notEqual(field(other.body, 'client_id'), field(first.body, 'client_id'));
  });

  test('neither key nor token nor secret is stored in clear text', async () => {
    const key = `key-${randomUUID()}`;
    const answer = await post(key);
    const { rows } = await sql<{ text: string }>`
      select string_agg(c::text || encode(c.sealed_answer, 'escape'), ' ') as text
      from idempotent_calls c
    `.execute(server.database.db);
    for (const secret of [
      key,
      server.operatorToken,
      String(field(answer.body, 'client_secret')),
      String(field(answer.body, 'client_id')),
    ]) {
      assert.ok(!rows[0]?.text.includes(secret));
      assert.ok(!rows[0]?.text.includes(Buffer.from(secret).toString('hex')));
    }
  });

  test('used for another request: 409; used with another operator token: a new call', async () => {
    const key = randomUUID();
    const first = await post(key);
    for (const other of [
      await post(key, { ...BODY, name: 'Another' }),
      await post(key, BODY, '/api/v1/resource-servers/'),
      await post(key, BODY, `${APPLICATIONS}?x=1`),
    ]) {
      assert.equal(other.status, 409);
      assert.match(String(field(other.body, 'detail')), /Another request/);
    }
    const made = await callManagement(server, 'POST', '/api/v1/operator-tokens/', {
      name: 'second',
      rights: ['applications'],
    });
    const theirs = await post(key, BODY, APPLICATIONS, String(field(made.body, 'token')));
    assert.equal(theirs.status, 201);
    assert.notEqual(field(theirs.body, 'client_id'), field(first.body, 'client_id'));
    assert.deepEqual((await post(key)).body, first.body);
  });

  test('sent 20 times in parallel: carried out once', async () => {
    const before = await count('applications');
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(key)));
    for (const answer of answers) {
      assert.deepEqual([answer.status, answer.body], [201, answers[0]?.body]);
    }
    const fresh = answers.filter((one) => one.headers.get('idempotent-replayed') === null);
    assert.equal(fresh.length, 1);
    assert.equal(await count('applications'), before + 1);
  });

  test('repeated after a refusal: the same refusal, even if the call would succeed now', async () => {
    const key = randomUUID();
    const body = { ...BODY, owner: 'late' };
    const refused = await post(key, body);
    assert.deepEqual(
      [refused.status, refused.body],
      [400, { owner: ['There is no user "late".'] }],
    );
    await callManagement(server, 'PUT', '/api/v1/users/late/', { email: 'late@example.com' });
    const again = await post(key, body);
    assert.deepEqual([again.status, again.body], [400, refused.body]);
    assert.equal((await post(randomUUID(), body)).status, 201);
    const missing = await post(key.toUpperCase(), undefined, `${APPLICATIONS}x/resume/`);
    assert.deepEqual([missing.status, missing.body], [404, { detail: 'Not found.' }]);
  });

  test('repeated after a server error: carried out', async () => {
    const { db } = server.database;
    const before = await count('applications');
    const kept = await count('idempotent_calls');
    await sql`alter table applications add constraint defect check (name <> 'Defect')`.execute(db);
    const key = randomUUID();
    const body = { ...BODY, name: 'Defect' };
    assert.equal((await post(key, body)).status, 500);
    assert.equal(await count('idempotent_calls'), kept);
    await sql`alter table applications drop constraint defect`.execute(db);
    assert.equal((await post(key, body)).status, 201);
    assert.equal(await count('applications'), before + 1);
  });

  test('repeated while the first call is running: waits, then 409', async () => {
    const { db } = server.database;
    const before = await count('applications');
    const key = randomUUID();
    // Not a lock: the call would wait for it for two seconds at most, as the second one does.
    await sql`create table running ()`.execute(db);
    await sql`insert into running default values`.execute(db);
    await sql`
      create function be_slow() returns trigger language plpgsql as 'begin
        while exists (select from running) loop perform pg_sleep(0.02); end loop;
        return new; end'`.execute(db);
    await sql`
      create trigger be_slow before insert on applications
        for each row execute function be_slow()`.execute(db);
    const first = post(key);
    await until(async () => {
      const sleeping = sql`select from pg_stat_activity
        where datname = current_database() and wait_event = 'PgSleep'`;
      return (await sleeping.execute(db)).rows.length > 0;
    });
    const second = await post(key);
    assert.equal(second.status, 409);
    assert.match(String(field(second.body, 'detail')), /still under way/);
    await sql`delete from running`.execute(db);
    assert.equal((await first).status, 201);
    await sql`drop function be_slow cascade`.execute(db);
    await sql`drop table running`.execute(db);
    assert.equal((await post(key)).headers.get('idempotent-replayed'), 'true');
    assert.equal(await count('applications'), before + 1);
  });

  test('repeated after one day: carried out again', async () => {
    const key = randomUUID();
    const first = await post(key);
    const { db } = server.database;
    await db
      .updateTable('idempotent_calls')
      .set({ created_at: new Date(Date.now() - 86_401_000) })
      .execute();
    const second = await post(key);
    assert.equal(second.status, 201);
    assert.notEqual(field(second.body, 'client_id'), field(first.body, 'client_id'));
    await cleanUp(server, 'idempotent_calls');
    assert.equal(await count('idempotent_calls'), 1);
    assert.deepEqual((await post(key)).body, second.body);
  });

  test('an invalid key: 400', async () => {
    for (const key of ['', ' ', 'x'.repeat(256), 'a b', 'ä']) {
      const answer = await post(key);
      assert.equal(answer.status, 400, key);
      assert.match(String(field(answer.body, 'detail')), /^The Idempotency-Key must have/);
    }
  });
});

test('Methods other than POST ignore the Idempotency-Key', async () => {
  const put = (email: string) =>
    callManagement(
      server,
      'PUT',
      '/api/v1/users/put/',
      { email },
      { 'idempotency-key': 'the same' },
    );
  assert.equal((await put('one@example.com')).status, 201);
  const second = await put('two@example.com');
  assert.deepEqual([second.status, field(second.body, 'email')], [200, 'two@example.com']);
});
