import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hash } from '@node-rs/argon2';
import { sql } from 'kysely';
import { isSignedIn, withBrowsers } from '../support/account.ts';
import { putUser } from '../support/factories.ts';
import { signIn } from '../support/flow.ts';
import { describe as textOf } from '../support/user-agent.ts';

const APPLICATIONS = '/account/applications';

describe('User account', () => {
  const { server, platform, people } = withBrowsers();

  const hashOf = async (id: string) =>
    (
      await server.database.db
        .selectFrom('users')
        .select('password_hash')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
    ).password_hash;

  test('sign-in with a hash of another cost: the hash is replaced', async () => {
    const user = await putUser(server, { id: 'costly' });
    const current = await hashOf(user.id);
    const cheap = await hash(user.password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    await server.database.db
      .updateTable('users')
      .set({ password_hash: cheap })
      .where('id', '=', user.id)
      .execute();
    const stranger = people.open();
    await signIn(stranger, await stranger.get('/login'), { ...user, password: 'wrong' });
    assert.equal(await hashOf(user.id), cheap);
    await people.signedIn(user);
    const renewed = await hashOf(user.id);
    assert.equal(renewed?.split('$')[3], current?.split('$')[3]);
    assert.equal(await isSignedIn(await people.signedIn(user)), true);
    assert.equal(await hashOf(user.id), renewed);
  });

  test('accepting an application requires a recent sign-in', async () => {
    const { ada, ben, application } = platform;
    await server.database.db
      .insertInto('application_transfers')
      .values({
        client_id: application.clientId,
        to_email: ada.email,
        to_user_id: ada.id,
        from_user_id: ben.id,
      })
      .execute();
    const agent = await people.signedIn(ada);
    await sql`update sessions set authenticated_at = now() - interval '2 hours'`.execute(
      server.database.db,
    );
    const page = await agent.get(APPLICATIONS);
    const accept = page.forms.find(({ action }) => String(action).endsWith('/accept'));
    assert.ok(accept, textOf(page));
    const csrf = accept.fields.find(({ name }) => name === 'csrf')?.value ?? '';
    const send = (token: string) =>
      agent.request(accept.action ?? '', {
        method: 'POST',
        body: new URLSearchParams({ csrf: token }),
      });
    const asked = await send(csrf);
    assert.equal(asked.url.pathname, '/login', textOf(asked));
    const ownerOf = async () =>
      (
        await server.database.db
          .selectFrom('applications')
          .select('owner_id')
          .where('client_id', '=', application.clientId)
          .executeTakeFirstOrThrow()
      ).owner_id;
    assert.equal(await ownerOf(), ben.id);
    const back = await signIn(agent, asked, ada);
    assert.equal(back.url.pathname, APPLICATIONS, textOf(back));
    const form = back.forms.find(({ action }) => String(action).endsWith('/accept'));
    const next = form?.fields.find(({ name }) => name === 'csrf')?.value ?? '';
    await send(next);
    assert.equal(await ownerOf(), ada.id);
  });
});
