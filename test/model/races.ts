import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { AUTHORIZATIONS, confirm } from '../support/authorizations.ts';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { authorizationUrl, authorize, challengeOf, decide } from '../support/flow.ts';
import { callManagement } from '../support/platform.ts';
import { exchange, introspect, refresh, revoke, type TokenAnswer } from '../support/tokens.ts';
import { describe } from '../support/user-agent.ts';
import type { ModelUser } from './model.ts';
import type { System } from './system.ts';

/** A race: prepares an application and a grant, sends requests at once, and checks the result. */
export type Race = (scene: Scene) => Promise<void>;

/** Servers and parties of a race. */
export interface Scene extends System {
  readonly owner: ModelUser;
  /** Milliseconds by which the second request is sent later. */
  readonly delay: number;
}

const REQUESTS = 30;
/** PKCE verifier of the consent races. */
const VERIFIER = 'v'.repeat(43);

export const RACES: Readonly<Record<string, Race>> = {
  '30 refreshes of one token': async (scene) => {
    const { application, refreshToken } = await granted(scene);
    const answers = await many(scene, (server) => refresh(server, application, refreshToken));
    const won = answers.filter(({ status }) => status === 200);
    assert.equal(won.length, scene.retrySeconds > 0 ? REQUESTS : 1, summary(answers));
    assert.equal(new Set(won.map(({ body }) => body.refresh_token)).size, 1);
    assert.equal(new Set(won.map(({ body }) => body.access_token)).size, 1);
    assert.equal(await isActive(scene, won[0]?.body.access_token), scene.retrySeconds > 0);
  },
  '30 redemptions of one code': async (scene) => {
    const { application, authorization } = await authorized(scene);
    const answers = await many(scene, (server) => exchange(server, application, authorization));
    const won = answers.filter(({ status }) => status === 200);
    assert.equal(won.length, 1, summary(answers));
    assert.equal(await isActive(scene, won[0]?.body.access_token), false);
  },
  'a refresh and a revocation': async (scene) => {
    const { application, accessToken, refreshToken } = await granted(scene);
    const [refreshed, revoked] = await together(
      scene,
      (server) => refresh(server, application, refreshToken),
      (server) => revoke(server, application, accessToken),
    );
    assert.equal(revoked.status, 200);
    assert.ok(refreshed.status < 500, summary([refreshed]));
    assert.equal(await isActive(scene, accessToken), false);
    assert.equal(await isActive(scene, refreshed.body.access_token), false);
    const next = refreshed.body.refresh_token ?? refreshToken;
    assert.equal((await refresh(scene.servers[0], application, next)).status, 400);
  },
  'a consent and a suspension': async (scene) => {
    const { application, consent } = await asked(scene);
    const path = `/api/v1/applications/${application.clientId}/suspend/`;
    const [page, suspended] = await together(scene, consent, (server) =>
      callManagement(server, 'POST', path, { reason: 'abuse' }),
    );
    assert.equal(suspended.status, 200);
    assert.ok(page.status < 500, String(page.status));
    const answer = await redeem(scene, application, page.leavesTo);
    assert.notEqual(answer?.status, 200);
  },
  'a consent and a deletion of the application': async (scene) => {
    const { application, consent } = await asked(scene);
    const path = `/api/v1/applications/${application.clientId}/`;
    const [page, deleted] = await together(scene, consent, (server) =>
      callManagement(server, 'DELETE', path),
    );
    assert.equal(deleted.status, 204);
    assert.ok(page.status < 500, String(page.status));
    const answer = await redeem(scene, application, page.leavesTo);
    assert.notEqual(answer?.status, 200);
    const { rows } = await scene.database.query('select from grants where client_id = $1', [
      application.clientId,
    ]);
    assert.equal(rows.length, 0);
  },
  'a refresh and a deletion of its client secret': async (scene) => {
    const { application, accessToken, refreshToken } = await granted(scene);
    const agent = scene.owner.agents[1] ?? assert.fail();
    const path = `/account/applications/${application.clientId}/secrets`;
    const { rows } = await scene.database.query(
      'select id from application_secrets where client_id = $1',
      [application.clientId],
    );
    await agent.submit(await agent.get(`${path}/new`), { label: 'new' });
    const form = await agent.get(`${path}/${rows[0].id}/delete`);
    const [refreshed, deleted] = await together(
      scene,
      (server) => refresh(server, application, refreshToken),
      () => confirm(agent, form),
    );
    assert.equal(deleted.status, 200, describe(deleted));
    assert.ok([200, 401].includes(refreshed.status), summary([refreshed]));
    const live = refreshed.body.access_token ?? accessToken;
    assert.equal(await isActive(scene, live), true, 'the grant does not end with a secret');
    const next = refreshed.body.refresh_token ?? refreshToken;
    assert.equal((await refresh(scene.servers[1], application, next)).status, 401);
  },
  'a refresh and a narrowing': async (scene) => {
    const { application, refreshToken } = await granted(scene);
    const agent = scene.owner.agents[1] ?? assert.fail();
    const { rows } = await scene.database.query('select id from grants where client_id = $1', [
      application.clientId,
    ]);
    const form = await agent.get(`${AUTHORIZATIONS}/${rows[0].id}/change`);
    const kept = { scopes: ['read'], organizers: ['redstage'] };
    const [refreshed, page] = await together(
      scene,
      (server) => refresh(server, application, refreshToken),
      () => agent.submit(form, kept, 'end_date'),
    );
    assert.equal(page.url.pathname, AUTHORIZATIONS);
    assert.equal(refreshed.status, 200, summary([refreshed]));
    const { body } = await introspect(
      scene.servers[0],
      scene.resourceServer,
      refreshed.body.access_token ?? '',
    );
    assert.deepEqual([body.active, body.scope, body.organizers], [true, 'read', ['redstage']]);
  },
};

/** Sends 30 requests at once, half of them to each process. */
function many(
  { servers }: Scene,
  send: (server: Scene['servers'][0]) => Promise<TokenAnswer>,
): Promise<TokenAnswer[]> {
  return Promise.all(
    Array.from({ length: REQUESTS }, (_, index) => send(servers[index % 2 === 0 ? 0 : 1])),
  );
}

/** Sends one request to each process, the second one a little later. */
function together<A, B>(
  { servers, delay }: Scene,
  first: (server: Scene['servers'][0]) => Promise<A>,
  second: (server: Scene['servers'][1]) => Promise<B>,
): Promise<[A, B]> {
  return Promise.all([first(servers[0]), sleep(delay).then(() => second(servers[1]))]);
}

async function isActive({ servers, resourceServer }: Scene, token = ''): Promise<boolean> {
  const answers = await Promise.all(
    servers.map((server) => introspect(server, resourceServer, token)),
  );
  const [active = false, other = false] = answers.map(({ body }) => body.active);
  assert.equal(active, other, 'both processes return the same state');
  return active;
}

async function authorized(scene: Scene) {
  const application = await registerApplication(scene.servers[0], { owner: scene.owner.user.id });
  const { user, agents } = scene.owner;
  const agent = agents[0] ?? assert.fail();
  const authorization = await authorize(scene.servers[0], { application, user, agent });
  return { application, authorization };
}

async function granted(scene: Scene) {
  const { application, authorization } = await authorized(scene);
  const { body } = await exchange(scene.servers[0], application, authorization);
  const { access_token = '', refresh_token = '' } = body;
  return { application, accessToken: access_token, refreshToken: refresh_token };
}

/** Opens a consent page for a new application. */
async function asked(scene: Scene) {
  const [server] = scene.servers;
  const application = await registerApplication(server, { owner: 'ben' });
  const agent = scene.owner.agents[0] ?? assert.fail();
  const request = {
    response_type: 'code',
    client_id: application.clientId,
    redirect_uri: application.redirectUri,
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: 'S256',
  };
  const page = await agent.get(authorizationUrl(server, request));
  return { application, consent: () => decide(agent, page) };
}

/** Redeems the code of the redirect; undefined if there is none. */
async function redeem({ servers }: Scene, application: TestApplication, leavesTo: URL | undefined) {
  const code = leavesTo?.searchParams.get('code') ?? undefined;
  const { redirectUri } = application;
  return code === undefined
    ? undefined
    : exchange(servers[1], application, {
        parameters: { code },
        codeVerifier: VERIFIER,
        redirectUri,
      });
}

function summary(answers: readonly TokenAnswer[]): string {
  const counts = new Map<string, number>();
  for (const { status, body } of answers) {
    const key = `${status} ${body.error ?? ''} ${body.error_description ?? ''}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return JSON.stringify([...counts]);
}
