import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { z } from 'zod';
import { addKeys, assertionOf, type ClientKeyPair, makeKeyPair } from '../support/client-keys.ts';
import { registerApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { signedIn } from '../support/flow.ts';
import { until } from '../support/outbox.ts';
import { callManagement, manage } from '../support/platform.ts';
import { says, textFor } from '../support/texts.ts';
import { postForm } from '../support/tokens.ts';
import type { Page } from '../support/user-agent.ts';

const RSA = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const { d: _, ...PUBLIC_RSA } = RSA.publicKey.export({ format: 'jwk' });

describe('Public keys of an application', () => {
  const { server, platform } = withPlatform();
  const agent = prepared(() => signedIn(server, platform.ben));
  const key = prepared(() => makeKeyPair('ES256', 'first'));

  const homeOf = (clientId: string) => `/account/applications/${clientId}`;
  const statusBy = async (pair: ClientKeyPair, clientId: string) => {
    const fields = await assertionOf(server.issuer, clientId, pair);
    return (await postForm(server, 'revoke_token', undefined, { token: 'x', ...fields })).status;
  };
  const paste = async (clientId: string, text: string): Promise<Page> =>
    agent.submit(await agent.get(`${homeOf(clientId)}/keys/new`), { public_keys: text });
  const linkIn = ({ body }: Page, part: string) =>
    new RegExp(`href="([^"]+/${part}/[^"]+/delete)"`).exec(body)?.[1] ?? '';

  test('are added and deleted on the page of the owner, who gets a mail and a log entry', async () => {
    const { clientId } = await registerApplication(server, { owner: 'ben' });
    const added = await paste(clientId, key.pem);
    assert.match(added.body, says('applications.notice.key_added'));
    const set = { keys: [key.publicJwk] };
    const again = await paste(clientId, JSON.stringify(set));
    assert.equal(again.status, 400);
    assert.match(again.body, says('applications.key.error.duplicate'));
    const second = await makeKeyPair('RS256', 'second');
    await paste(clientId, JSON.stringify({ keys: [second.publicJwk] }));
    assert.equal(await statusBy(second, clientId), 200);

    const page = await agent.get(`${homeOf(clientId)}/credentials`);
    assert.ok(page.body.includes('RSA 2048') && page.body.includes('P-256'));
    // With a key, the last secret may go.
    await agent.submit(await agent.get(linkIn(page, 'secrets')));
    const deleted = await agent.submit(await agent.get(linkIn(page, 'keys')));
    assert.match(deleted.body, says('applications.notice.key_deleted'));
    assert.equal(
      linkIn(await agent.get(`${homeOf(clientId)}/credentials`), 'keys'),
      '',
      'the last one',
    );
    assert.equal(await statusBy(second, clientId), 200);

    const { rows } = await sql<{ action: string }>`
      select action from audit_events where client_id = ${clientId} and action like '%key%'
      order by id`.execute(server.database.db);
    assert.deepEqual(
      rows.map(({ action }) => action.split('.').at(-1)),
      ['key_added', 'key_added', 'key_deleted'],
    );
    const mails = await sql`select 1 from mail_outbox where data::text like '%key_added%'`.execute(
      server.database.db,
    );
    assert.equal(mails.rows.length, 2);
    const activity = await agent.get('/account/activity');
    assert.ok(
      activity.body.includes(textFor('activity.key_deleted.you', { application: '' }).slice(0, 20)),
    );
  });

  const PRIVATE = {
    'PEM, PKCS #8': RSA.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'PEM, PKCS #1': RSA.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    JWK: JSON.stringify(RSA.privateKey.export({ format: 'jwk' })),
    'a set with a private key': JSON.stringify({
      keys: [PUBLIC_RSA, RSA.privateKey.export({ format: 'jwk' })],
    }),
  };
  for (const [name, text] of Object.entries(PRIVATE)) {
    test(`a private key (${name}) is refused, and appears nowhere`, async () => {
      const { clientId } = await registerApplication(server, { owner: 'ben' });
      const page = await paste(clientId, text);
      assert.equal(page.status, 400);
      assert.match(page.body, says('applications.key.error.private'));
      const path = `/api/v1/applications/${clientId}/keys/`;
      const answer = await callManagement(server, 'POST', path, { public_keys: text });
      assert.equal(answer.status, 400);
      const secret = String(RSA.privateKey.export({ format: 'jwk' }).d).slice(0, 40);
      const pem = PRIVATE['PEM, PKCS #8'].split('\n')[5] ?? '';
      for (const shown of [page.body, JSON.stringify(answer)]) {
        assert.ok(!shown.includes(secret) && !shown.includes(pem));
      }
    });
  }

  test('that this server cannot use are refused with the reason', async () => {
    const { clientId } = await registerApplication(server, { owner: 'ben' });
    const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const exponent = generateKeyPairSync('rsa', { modulusLength: 2_048, publicExponent: 3 });
    const WRONG = {
      unreadable: ['', 'x', '{}', '{"keys":[]}', '[1]', '{"keys":{}}', 'null', '"x"', '-----BEGIN'],
      symmetric: ['{"kty":"oct","k":"c2VjcmV0"}'],
      weak: [
        weak.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        JSON.stringify(exponent.publicKey.export({ format: 'jwk' })),
      ],
      algorithm: [
        p384.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        JSON.stringify({ ...key.publicJwk, alg: 'RS256' }),
        JSON.stringify({ ...key.publicJwk, alg: 'none' }),
        JSON.stringify({ ...key.publicJwk, alg: 'HS256' }),
        '{"kty":"constructor"}',
      ],
      use: [
        JSON.stringify({ ...key.publicJwk, use: 'enc' }),
        JSON.stringify({ ...key.publicJwk, key_ops: ['encrypt'] }),
      ],
      kid: [
        JSON.stringify({ ...key.publicJwk, kid: 5 }),
        JSON.stringify({ ...key.publicJwk, kid: 'a'.repeat(201) }),
        JSON.stringify({ ...key.publicJwk, kid: 'a\u0000b' }),
      ],
    } as const;
    for (const [problem, texts] of Object.entries(WRONG)) {
      for (const text of texts) {
        const page = await paste(clientId, text);
        assert.equal(page.status, 400, text);
        const reason = `applications.key.error.${problem}` as 'applications.key.error.weak';
        assert.match(page.body, says(reason), `${problem}: ${text}`);
      }
    }
    const many = await Promise.all(Array.from({ length: 6 }, () => makeKeyPair('EdDSA')));
    const set = JSON.stringify({ keys: many.map(({ publicJwk }) => publicJwk) });
    assert.match(
      (await paste(clientId, set)).body,
      says('applications.key.error.too_many', { limit: 5 }),
    );
  });

  test('other people and public applications have none', async () => {
    const { clientId } = await registerApplication(server, { owner: 'ada' });
    assert.equal((await agent.get(`${homeOf(clientId)}/keys/new`)).status, 404);
    const open = await registerApplication(server, { owner: 'ben', clientType: 'public' });
    assert.equal((await agent.get(`${homeOf(open.clientId)}/keys/new`)).status, 404);
    const path = `/api/v1/applications/${open.clientId}/keys/`;
    const answer = await callManagement(server, 'POST', path, { public_keys: key.pem });
    assert.equal(answer.status, 400);
  });

  test('end within 24 hours when the application gets another owner', async () => {
    const { clientId } = await registerApplication(server, { owner: 'ben' });
    await addKeys(server, clientId, key.pem);
    const entries = z.object({ results: z.array(z.object({ expires_at: z.string().nullable() })) });
    const path = `/api/v1/applications/${clientId}/`;
    const ends = async () =>
      entries.parse(await manage(server, 'GET', `${path}keys/`)).results[0]?.expires_at;
    assert.equal(await ends(), null);
    await manage(server, 'PATCH', path, { owner: 'ada' });
    const left = Date.parse((await ends()) ?? '') - Date.now();
    assert.ok(left > 0 && left <= 86_400_000);
    await sql`update application_keys set expires_at = now() where client_id = ${clientId}`.execute(
      server.database.db,
    );
    assert.equal(await statusBy(key, clientId), 401);
  });

  test('change nothing that a review is for', async () => {
    const { clientId } = await registerApplication(server, { owner: 'ben' });
    const path = `/api/v1/applications/${clientId}/`;
    await manage(server, 'POST', `${path}review/`, { version: 1 });
    await addKeys(server, clientId, key.pem);
    await sql`update applications set jwks_uri = 'https://a.example/keys'
      where client_id = ${clientId}`.execute(server.database.db);
    const { version, reviewed_at: reviewed } = z
      .object({ version: z.number(), reviewed_at: z.string().nullable() })
      .parse(await manage(server, 'GET', path));
    assert.equal(version, 1);
    assert.notEqual(reviewed, null);
  });

  test('show when each was last used, at most one write a minute', async () => {
    const { clientId } = await registerApplication(server, { owner: 'ben' });
    const [used, asked, idle] = [await makeKeyPair(), await makeKeyPair(), await makeKeyPair()];
    const set = { keys: [used, asked, idle].map(({ publicJwk }) => publicJwk) };
    await addKeys(server, clientId, JSON.stringify(set));
    const uses = async () => {
      const { results } = Object(
        await manage(server, 'GET', `/api/v1/applications/${clientId}/keys/`),
      );
      const entries = results.map((one: { kid: string; last_used_at: string | null }) => [
        one.kid,
        one.last_used_at,
      ]);
      return new Map<string, string | null>(entries);
    };
    assert.equal(await statusBy(used, clientId), 200);
    const fields = await assertionOf(server.issuer, clientId, asked);
    await postForm(server, 'introspect', undefined, { token: 'x', ...fields });
    await until(async () => [...(await uses()).values()].filter((at) => at !== null).length === 2);
    const first = await uses();
    assert.equal(first.get(idle.kid), null);
    assert.equal(await statusBy(used, clientId), 200);
    assert.equal(await statusBy(idle, clientId), 200);
    await until(async () => (await uses()).get(idle.kid) !== null);
    assert.equal((await uses()).get(used.kid), first.get(used.kid));
    const page = await agent.get(`${homeOf(clientId)}/credentials`);
    const [, keys = ''] = page.body.split('id="keys"');
    const [shown = ''] = keys.split('</section>');
    assert.equal(shown.split(textFor('applications.secret.used')).length - 1, 3);
    assert.equal(shown.split('<time').length - 1, 6);
  });
});
