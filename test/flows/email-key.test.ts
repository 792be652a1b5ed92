import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { up } from '../../migrations/0013_email_key.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { browsers, queuedMails } from '../support/account.ts';
import { importDirectory } from '../support/bulk.ts';
import { ENGINE_VARIABLES } from '../support/engines.ts';
import { putUser } from '../support/factories.ts';
import { withServer } from '../support/fixture.ts';
import { signIn } from '../support/flow.ts';
import { callManagement } from '../support/platform.ts';

const TAKEN = { email: ['This e-mail address is already in use.'] };

for (const [engine, variables] of Object.entries(ENGINE_VARIABLES)) {
  describe(`E-mail address, on ${engine},`, () => {
    const server = withServer({ ...variables, TRUST_PROXY: '1' });

    const put = (id: string, email: string) =>
      callManagement(server, 'PUT', `/api/v1/users/${id}/`, { email });

    test('signs in with every equivalent spelling, and with no other address', async () => {
      const ivi = await putUser(server, { id: 'ivi', email: 'Ivi.Kick@Bücher.example' });
      const people = browsers(server);
      for (const [email, opens] of [
        ['ivi.kick@bücher.example', true],
        ['IVI.KICK@XN--BCHER-KVA.EXAMPLE', true],
        ['  ivi.kick@BÜCHER.example ', true],
        ['İvi.kick@bücher.example', false],
        ['ıvi.kick@bücher.example', false],
        ['ivi.\u212Aick@bücher.example', false],
        ['ivi.kick@bücher.example.', false],
        ['ivi.kick@bücher.example\0', false],
      ] as const) {
        const agent = people.open();
        const page = await signIn(agent, await agent.get('/login'), { ...ivi, email });
        assert.equal(page.url.pathname === '/account/authorizations', opens, email);
      }
    });

    test('in any spelling belongs to one user, for PUT, PATCH and import', async () => {
      assert.equal((await put('max', 'Max@Straße.example')).status, 201);
      assert.equal((await put('other', 'other@example.org')).status, 201);
      for (const email of ['max@straße.example', 'MAX@xn--strae-oqa.example']) {
        for (const answer of [
          await put('second', email),
          await put('other', email),
          await callManagement(server, 'PATCH', '/api/v1/users/other/', { email }),
        ]) {
          assert.deepEqual([answer.status, answer.body], [400, TAKEN], email);
        }
        const { report } = await importDirectory(server, [{ user: { id: 'third', email } }]);
        assert.deepEqual(report, [{ line: 1, user: 'third', outcome: 'refused', errors: TAKEN }]);
        const query = `/api/v1/users/?email=${encodeURIComponent(email)}`;
        const found = Object((await callManagement(server, 'GET', query)).body);
        assert.deepEqual([found.count, found.results[0]?.id], [1, 'max']);
      }
      assert.equal(
        (await put('max', 'MAX@straße.example')).status,
        200,
        'another spelling of its own address',
      );
    });

    test('stays different from addresses that only SQL case folding makes equal', async () => {
      assert.equal((await put('victim', 'victim@gmail.example')).status, 201);
      for (const [id, email] of [
        ['attacker1', 'vİctim@gmail.example'],
        ['attacker2', 'victim@gmaİl.example'],
        ['attacker3', 'vıctim@gmail.example'],
        ['attacker4', 'ｖictim@gmail.example'],
      ] as const) {
        assert.equal((await put(id, email)).status, 201, email);
        const query = `/api/v1/users/?email=${encodeURIComponent(email)}`;
        const found = Object((await callManagement(server, 'GET', query)).body);
        assert.deepEqual([found.count, found.results[0]?.id], [1, id]);
      }
    });

    test('is created by exactly one of several parallel calls, and the others get 400', async () => {
      const spellings = [
        'race@example.org',
        'RACE@example.org',
        'Race@Example.org',
        'rAce@EXAMPLE.org',
      ];
      const answers = await Promise.all(spellings.map((email, n) => put(`race${n}`, email)));
      const statuses = answers.map(({ status }) => status).toSorted();
      assert.deepEqual(statuses, [201, 400, 400, 400]);
      for (const { status, body } of answers) {
        assert.ok(status === 201 || JSON.stringify(body) === JSON.stringify(TAKEN));
      }
    });

    test('with invalid syntax is refused', async () => {
      for (const email of [
        '\0a@b.example',
        'a\u0007@b.example',
        'a@b.example/c',
        'a@1.2',
        'a@b.',
        'x',
      ]) {
        const answer = await put('none', email);
        const errors = String(Object(answer.body).email);
        assert.equal(answer.status, 400);
        assert.match(errors, /Enter a valid email address/, JSON.stringify(email));
      }
    });

    test('changed in spelling only sends no mail, a real change one mail to each address', async () => {
      await putUser(server, { id: 'mo', email: 'mo@example.org' });
      await put('mo', 'MO@example.org');
      assert.deepEqual(await queuedMails(server, 'email_changed', 'MO@example.org'), []);
      await put('mo', 'mo@example.net');
      assert.equal((await queuedMails(server, 'email_changed', 'MO@example.org')).length, 1);
      assert.equal((await queuedMails(server, 'email_changed', 'mo@example.net')).length, 1);
    });

    describe('in a directory from before the migration', () => {
      const OLD: Readonly<Record<string, string>> = {
        plain: 'Plain@Example.ORG',
        turkish: 'İ@gmail.example',
        domain: 'Domain@BÜCHER.example',
        kelvin: 'k@\u212Aelvin.example',
        invalid: 'a@b/c.example',
        hidden: 'a\u0007@b.example',
      };
      const restore = async (users: Readonly<Record<string, string>>) => {
        const { db } = server.database;
        await sql`delete from users`.execute(db);
        await sql`alter table users drop column email_key`.execute(db);
        await sql`create unique index users_email_key on users (lower(email))`.execute(db);
        const [ids, emails] = [Object.keys(users), Object.values(users)];
        await sql`insert into users (id, email)
          select * from unnest(${ids}::text[], ${emails}::text[])`.execute(db);
      };
      const keys = async () => {
        const { rows } = await sql<{ id: string; key: string }>`
          select id, email_key as key from users`.execute(server.database.db);
        return Object.fromEntries(rows.map(({ id, key }) => [id, key]));
      };

      test('gets the key of the stored address', async () => {
        await restore(OLD);
        await inTransaction(server.database.db, up);
        assert.deepEqual(await keys(), {
          plain: 'plain@example.org',
          turkish: 'İ@gmail.example',
          domain: 'domain@xn--bcher-kva.example',
          kelvin: 'k@kelvin.example',
          invalid: 'a@b/c.example',
          hidden: 'a\u0007@b.example',
        });
        const renamed = await callManagement(server, 'PATCH', '/api/v1/users/invalid/', {
          full_name: 'Still here',
        });
        assert.equal(renamed.status, 200, 'an address without a key can be changed');
      });

      test('of two users stops the migration, and the error names both', async () => {
        const users = {
          first: 'x@bücher.example',
          other: 'y@example.org',
          second: 'X@xn--bcher-kva.example',
        };
        await restore(users);
        await assert.rejects(inTransaction(server.database.db, up), /: first and second\. /);
        await sql`update users set email = 'z@example.org' where id = 'second'`.execute(
          server.database.db,
        );
        await inTransaction(server.database.db, up);
        assert.equal((await keys()).second, 'z@example.org');
      });
    });
  });
}
