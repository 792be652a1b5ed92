import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sql } from 'kysely';
import { type DpopKey, newDpopKey, newProof } from '../support/dpop.ts';
import {
  putTeam,
  putUser,
  registerApplication,
  type TestApplication,
  type TestUser,
} from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { type AuthorizeResult, authorize, signedIn } from '../support/flow.ts';
import { manage } from '../support/platform.ts';
import { exchange, introspect, postForm, refresh, type TokenAnswer } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

const { server, platform } = withPlatform();
const ada = prepared(() => signedIn(server, platform.ada));

/** A redeemed code and the tokens issued for it. */
interface Redeemed {
  readonly application: TestApplication;
  readonly user: TestUser;
  readonly authorization: AuthorizeResult;
  readonly accessToken: string;
  /** A rotated token whose successor was used as well, so that its use is not a retry. */
  readonly rotated: string;
}

async function redeemed(user = platform.ada, agent = ada): Promise<Redeemed> {
  const application = await registerApplication(server, { owner: 'ben' });
  const authorization = await authorize(server, { application, user, agent });
  const first = await exchange(server, application, authorization);
  const rotated = first.body.refresh_token ?? assert.fail(JSON.stringify(first.body));
  const second = await refresh(server, application, rotated);
  const { body } = await refresh(server, application, second.body.refresh_token ?? '');
  return { application, user, authorization, accessToken: body.access_token ?? '', rotated };
}

const path = ({ application }: Redeemed) => `/api/v1/applications/${application.clientId}/`;

/** States that each cause a refusal. */
const STATES: Readonly<Record<string, (of: Redeemed) => Promise<unknown>>> = {
  immediately: async () => {},
  'a day later': (of) => age(of, '1 day'),
  'while the application is suspended': (of) =>
    manage(server, 'POST', `${path(of)}suspend/`, { reason: 'abuse' }),
  'while the application is disabled': (of) =>
    manage(server, 'PATCH', path(of), { is_active: false }),
  'after the user was deactivated': ({ user }) =>
    manage(server, 'PATCH', `/api/v1/users/${user.id}/`, { is_active: false }),
  'after the redirect URI was removed': (of) =>
    manage(server, 'PATCH', path(of), { redirect_uris: ['https://app.example.com/other'] }),
  'after its scopes were removed': (of) =>
    manage(server, 'PATCH', path(of), { scopes: ['profile'] }),
  'after the end date set by the user': async (of) => {
    await server.database.db
      .updateTable('grants')
      .set({ ends_at: sql<Date>`now() - interval '1 minute'` })
      .where('client_id', '=', of.application.clientId)
      .execute();
  },
};

/** Makes code and refresh tokens look older. */
async function age({ application }: Redeemed, by: string): Promise<void> {
  for (const table of ['authorization_codes', 'refresh_tokens'] as const) {
    await server.database.db
      .updateTable(table)
      .set({ expires_at: sql<Date>`now() - ${by}::interval` })
      .where('grant_id', 'in', (eb) =>
        eb.selectFrom('grants').select('id').where('client_id', '=', application.clientId),
      )
      .execute();
  }
}

/** Returns why the grant ended, and how often that was logged and mailed. */
async function ending({ application, user }: Redeemed) {
  const { db } = server.database;
  const grant = await db
    .selectFrom('grants')
    .select(['id', 'revocation_reason'])
    .where('client_id', '=', application.clientId)
    .executeTakeFirstOrThrow();
  const events = await db
    .selectFrom('audit_events')
    .select('data')
    .where('grant_id', '=', grant.id)
    .where('action', '=', 'stagedoor.user.oauth.revoked')
    .execute();
  const mails = await db
    .selectFrom('mail_outbox')
    .select('id')
    .where('kind', '=', 'reuse_detected')
    .where('recipient', '=', user.email)
    .execute();
  return { reason: grant.revocation_reason, events: events.length, mails: mails.length };
}

function refused(answer: TokenAnswer, description: RegExp): void {
  assert.equal(answer.status, 400, JSON.stringify(answer.body));
  assert.equal(answer.body.error, 'invalid_grant');
  assert.match(answer.body.error_description ?? '', description);
}

/** Number of new users, which tests need to count mails and to deactivate accounts. */
let users = 0;
async function ofNewUser(): Promise<Redeemed> {
  users += 1;
  const user = await putUser(server, { id: `user${users}` });
  await putTeam(server, { organizer: 'redstage', id: user.id, members: [user.id] });
  return redeemed(user, new UserAgent(server));
}

describe('Second use ends the grant as theft, with one log entry and one mail', () => {
  const uses = {
    code: (of: Redeemed) => exchange(server, of.application, of.authorization),
    'refresh token': (of: Redeemed) => refresh(server, of.application, of.rotated),
  };
  for (const [kind, use] of Object.entries(uses)) {
    for (const [state, bring] of Object.entries(STATES)) {
      test(`${kind}, ${state}`, async () => {
        const of = await ofNewUser();
        await bring(of);
        refused(await use(of), /^reuse_detected$/);
        assert.deepEqual(await ending(of), { reason: 'reuse_detected', events: 1, mails: 1 });
        refused(await use(of), /^reuse_detected$/);
        assert.deepEqual(await ending(of), { reason: 'reuse_detected', events: 1, mails: 1 });
      });
    }
  }

  test('refresh token, with a scope that was never granted', async () => {
    const of = await ofNewUser();
    const answer = await refresh(server, of.application, of.rotated, { scope: 'profile' });
    refused(answer, /^reuse_detected$/);
    assert.equal((await ending(of)).reason, 'reuse_detected');
  });
});

describe('Grant stays live after', () => {
  const live = async (of: Redeemed) => {
    const { body } = await introspect(server, platform.resourceServer, of.accessToken);
    assert.equal(body.active, true);
  };

  test('a used code with a wrong verifier, no verifier or another redirect URI', async () => {
    const of = await redeemed();
    const { application, authorization } = of;
    const attempts = [
      { ...authorization, codeVerifier: 'x'.repeat(43) },
      { ...authorization, codeVerifier: undefined },
      { ...authorization, redirectUri: 'https://app.example.com/other' },
    ];
    for (const attempt of attempts) {
      assert.equal((await exchange(server, application, attempt)).body.error, 'invalid_grant');
    }
    await live(of);
  });

  test('a used code or refresh token from another client', async () => {
    const of = await redeemed();
    const other = await registerApplication(server, { owner: 'ben' });
    refused(await exchange(server, other, of.authorization), /^client mismatch$/);
    refused(await refresh(server, other, of.rotated), /^client mismatch$/);
    await live(of);
  });

  test('a used refresh token with a wrong client secret', async () => {
    const of = await redeemed();
    const thief = { ...of.application, clientSecret: 'sds_wrong' };
    assert.equal((await refresh(server, thief, of.rotated)).status, 401);
    await live(of);
  });

  test('a rotated refresh token with another DPoP key', async () => {
    const application = await registerApplication(server, {
      owner: 'ben',
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
    });
    const [key, thief] = [await newDpopKey(), await newDpopKey()];
    const authorization = await authorize(server, { application, user: platform.ada, agent: ada });
    const ask = async (by: DpopKey | undefined, parameters: Record<string, string>) => {
      const url = `${server.issuer}/api/v1/oauth/token`;
      const proof = by && { dpop: await newProof(by, { url }) };
      const answer = await postForm(server, 'token', application, parameters, proof);
      const nonce = answer.headers.get('dpop-nonce');
      return answer.body.error === 'use_dpop_nonce' && by && nonce
        ? postForm(server, 'token', application, parameters, {
            dpop: await newProof(by, { url, claims: { nonce } }),
          })
        : answer;
    };
    const first = await ask(key, {
      grant_type: 'authorization_code',
      code: authorization.parameters.code ?? '',
      redirect_uri: authorization.redirectUri,
      code_verifier: authorization.codeVerifier ?? '',
    });
    const again = {
      grant_type: 'refresh_token',
      refresh_token: first.body.refresh_token ?? assert.fail(JSON.stringify(first.body)),
    };
    const second = await ask(key, again);
    assert.equal(second.status, 200);
    const successor = { ...again, refresh_token: second.body.refresh_token ?? '' };
    assert.equal((await ask(key, successor)).status, 200);
    assert.equal((await ask(thief, again)).body.error, 'invalid_grant');
    assert.equal((await ask(undefined, again)).body.error, 'invalid_grant');
    const of = { application, user: platform.ada, authorization, accessToken: '', rotated: '' };
    assert.equal((await ending(of)).reason, null);
    refused(await ask(key, again), /^reuse_detected$/);
    assert.equal((await ending(of)).reason, 'reuse_detected');
  });
});
