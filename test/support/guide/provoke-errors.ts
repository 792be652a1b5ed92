import { sql } from 'kysely';
import { inTransaction } from '../../../src/db/transaction.ts';
import { revokeGrant } from '../../../src/grants/revoke.ts';
import {
  registerApplication,
  reviewApplication,
  type TestApplication,
  type TestPlatform,
} from '../factories.ts';
import { authorizationUrl, authorize, challengeOf, signIn } from '../flow.ts';
import { manage } from '../platform.ts';
import type { TestServer } from '../server.ts';
import { exchange, obtainTokens, postForm, refresh, revoke, type TokenAnswer } from '../tokens.ts';
import { UserAgent } from '../user-agent.ts';

/** Errors of this server by the place where they occur, as in the guide. */
export type ProvokedErrors = Readonly<
  Record<'page' | 'redirect' | 'token' | 'api' | 'reasons', readonly string[]>
>;

type Parameters = Readonly<Record<string, string>>;

/** Makes the mistakes that the guide describes, and returns the error codes. */
export async function provokeErrors(
  server: TestServer,
  platform: TestPlatform,
): Promise<ProvokedErrors> {
  return {
    page: await onPages(server, platform),
    redirect: await onTheWayBack(server, platform),
    token: await atToken(server, platform),
    api: await atApi(server, platform),
    reasons: await reasons(server, platform),
  };
}

async function onPages(server: TestServer, { application }: TestPlatform): Promise<string[]> {
  const stopped = await registerApplication(server, { owner: 'ben' });
  await manage(server, 'PATCH', `/api/v1/applications/${stopped.clientId}/`, { is_active: false });
  const requests = [
    { ...requestOf(application), client_id: 'nobody' },
    { ...requestOf(application), redirect_uri: 'https://evil.example.com/' },
    requestOf(stopped),
  ];
  const agent = new UserAgent(server);
  return Promise.all(
    requests.map(async (request) => {
      const page = await agent.get(authorizationUrl(server, request));
      return /<bdi>(\w+) - /.exec(page.body)?.[1] ?? page.body;
    }),
  );
}

async function onTheWayBack(server: TestServer, platform: TestPlatform): Promise<string[]> {
  const { ada } = platform;
  // A new application, because an earlier grant would skip the consent page.
  const application = await registerApplication(server, { owner: 'ben' });
  await reviewApplication(server, application.clientId);
  const agent = new UserAgent(server);
  const errorOf = async (parameters: Parameters) => {
    const page = await agent.get(
      authorizationUrl(server, { ...requestOf(application), ...parameters }),
    );
    return page.leavesTo?.searchParams.get('error') ?? page.body;
  };
  const found = [
    await errorOf({ code_challenge: '' }),
    await errorOf({ scope: 'everything' }),
    await errorOf({ resource: 'urn:example:unknown' }),
    await errorOf({ response_type: 'unknown' }),
    await errorOf({ prompt: 'none' }),
  ];
  await signIn(agent, await agent.get('/login'), ada);
  found.push(await errorOf({ prompt: 'none' }));
  const denied = await authorize(server, { application, user: ada, agent, decision: 'deny' });
  return [...found, denied.parameters.error ?? ''];
}

async function atToken(server: TestServer, platform: TestPlatform): Promise<string[]> {
  const { application, ada: user } = platform;
  const { refreshToken } = await obtainTokens(server, { application, user, scope: 'read' });
  const stranger = { ...application, clientSecret: 'sds_wrong' };
  const answers = [
    await refresh(server, stranger, refreshToken),
    await refresh(server, application, refreshToken, { resource: 'urn:example:unknown' }),
    await refresh(server, application, 'sdr_nothing'),
    await postForm(server, 'token', application, {}),
    await refresh(server, application, refreshToken, { scope: 'read write' }),
    await postForm(server, 'token', application, { grant_type: 'password' }),
  ];
  return answers.map(({ body }) => body.error ?? '');
}

async function atApi(server: TestServer, platform: TestPlatform): Promise<string[]> {
  const { application, ada: user } = platform;
  const { accessToken } = await obtainTokens(server, { application, user, scope: 'profile' });
  return Promise.all(
    ['sda_nothing', accessToken].map(async (token) => {
      const answer = await fetch(`${server.issuer}/api/v1/organizers/`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return /error="(\w+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    }),
  );
}

async function reasons(server: TestServer, platform: TestPlatform): Promise<string[]> {
  const { ada: user } = platform;
  const { db } = server.database;
  const after = async (
    mishap: (application: TestApplication, token: string) => Promise<unknown>,
  ) => {
    const application = await registerApplication(server, { owner: 'ben' });
    const { refreshToken } = await obtainTokens(server, { application, user });
    await mishap(application, refreshToken);
    const answer: TokenAnswer = await refresh(server, application, refreshToken);
    return answer.body.error_description ?? '';
  };
  const withCode = async (changes: Record<string, unknown>) => {
    const application = await registerApplication(server, { owner: 'ben', requirePkce: false });
    const result = await authorize(server, { application, user, pkce: false });
    await manage(server, 'PATCH', `/api/v1/applications/${application.clientId}/`, changes);
    return (await exchange(server, application, result)).body.error_description ?? '';
  };
  const setActive = (is_active: boolean) =>
    manage(server, 'PATCH', `/api/v1/users/${user.id}/`, { is_active });
  const endedBy = (reason: 'revoked_by_user' | 'revoked_by_operator' | 'leaked' | 'replaced') =>
    after(async ({ clientId }) => {
      const grant = await db
        .selectFrom('grants')
        .where('client_id', '=', clientId)
        .select('id')
        .executeTakeFirstOrThrow();
      await inTransaction(db, (tx) =>
        revokeGrant(tx, grant.id, { reason, actor: 'system', origin: undefined }),
      );
    });
  return [
    await endedBy('revoked_by_user'),
    await endedBy('revoked_by_operator'),
    await endedBy('leaked'),
    await endedBy('replaced'),
    await after((application, token) => revoke(server, application, token)),
    await after(async (application, token) => {
      const { body } = await refresh(server, application, token);
      await refresh(server, application, body.refresh_token ?? '');
    }),
    await after(({ clientId }) =>
      manage(server, 'PATCH', `/api/v1/applications/${clientId}/`, { is_active: false }),
    ),
    await after(() =>
      db
        .updateTable('refresh_tokens')
        .set({ expires_at: sql<Date>`now() - interval '1 second'` })
        .execute(),
    ),
    await withCode({ redirect_uris: ['https://app.example.com/other'] }),
    await withCode({ scopes: ['profile'] }),
    await withCode({ require_pkce: true }),
    await after(() => setActive(false)),
  ];
}

function requestOf({ clientId, redirectUri }: TestApplication): Parameters {
  return {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state: 'the state',
    scope: 'read',
    code_challenge: challengeOf('v'.repeat(43)),
    code_challenge_method: 'S256',
  };
}
