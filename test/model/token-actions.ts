import assert from 'node:assert/strict';
import { exchange, postForm, refresh, revoke, type TokenAnswer } from '../support/tokens.ts';
import {
  type Expected,
  exists,
  expectedOfCode,
  expectedOfRefresh,
  type ModelCode,
  type ModelPair,
} from './model.ts';
import type { ActionHandler, Walk } from './walk.ts';

/** Sends codes and tokens as an application does, checks the response, and updates the model. */
export const TOKEN_ACTIONS = {
  redeem: async (walk) => {
    const code = walk.pick(walk.model.codes.filter(({ redeemed }) => !redeemed));
    return code && redeem(walk, code);
  },
  'redeem a used code': async (walk) => {
    const code = walk.pick(walk.model.codes.filter(({ redeemed }) => redeemed));
    return code && redeem(walk, code);
  },
  'redeem a code twice at once': async (walk) => {
    const code = walk.pick(walk.model.codes.filter(({ redeemed }) => !redeemed));
    if (code === undefined) {
      return undefined;
    }
    const expected = expectedOfCode(walk.model, code);
    const answers = await Promise.all(walk.servers.map((server) => sendCode(server, code)));
    if (expected === 'new tokens') {
      const won = answers.filter(({ status }) => status === 200);
      assert.equal(won.length, 1, `${won.length} of two redemptions succeeded`);
      applyCode(walk, code, won[0]);
      code.grant.ended = true;
    } else {
      assert.deepEqual(
        answers.filter(({ status }) => status === 200),
        [],
      );
    }
    return `redeem code ${walk.nameOf(code)} twice at once`;
  },
  refresh: async (walk) => {
    const pair = walk.pick(walk.model.pairs.filter(({ usedAt }) => usedAt === undefined));
    return pair && refreshOnce(walk, pair);
  },
  'refresh with a used token': async (walk) => {
    const pair = walk.pick(walk.model.pairs.filter(({ usedAt }) => usedAt !== undefined));
    return pair && refreshOnce(walk, pair);
  },
  'refresh twice at once': async (walk) => {
    const pair = walk.pick(walk.model.pairs.filter(({ usedAt }) => usedAt === undefined));
    if (pair === undefined) {
      return undefined;
    }
    const expected = expectedOfRefresh(walk.model, pair);
    const answers = await Promise.all(walk.servers.map((server) => sendRefresh(server, pair)));
    const won = answers.filter(({ status }) => status === 200);
    if (expected === 'new tokens') {
      assert.equal(won.length, walk.model.retrySeconds > 0 ? 2 : 1, reasonsOf(answers));
      assert.deepEqual(won.at(-1)?.body.refresh_token, won[0]?.body.refresh_token);
      assert.deepEqual(won.at(-1)?.body.access_token, won[0]?.body.access_token);
      applyRefresh(walk, pair, won[0]);
      pair.grant.ended ||= walk.model.retrySeconds === 0;
    } else {
      assert.deepEqual(won, []);
    }
    return `refresh ${walk.nameOf(pair)} twice at once`;
  },
  'refresh, hang up, refresh again': async (walk) => {
    const pair = walk.pick(walk.model.pairs.filter(({ usedAt }) => usedAt === undefined));
    if (pair === undefined || walk.model.retrySeconds === 0) {
      return undefined;
    }
    await hangUp(walk, pair);
    return `hang up; ${await refreshOnce(walk, pair)}`;
  },
  'use a token of another application': async (walk) => {
    const pair = walk.pick(walk.model.pairs);
    const other = walk.model.applications.find((one) => one !== pair?.grant.client);
    if (pair === undefined || other === undefined) {
      return undefined;
    }
    const answer = await refresh(walk.server, other.application, pair.refreshToken);
    assert.notEqual(answer.status, 200);
    await revoke(walk.server, other.application, pair.refreshToken);
    return `refresh and revoke ${walk.nameOf(pair)} as the other application`;
  },
  'revoke as the application': async (walk) => {
    const pair = walk.pick(walk.model.pairs);
    if (pair === undefined || !exists(pair.grant)) {
      return undefined;
    }
    const token = walk.choice % 2 === 0 ? pair.accessToken : pair.refreshToken;
    const answer = await revoke(walk.server, pair.grant.client.application, token);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    pair.grant.ended = true;
    return `the application revokes ${walk.nameOf(pair)}`;
  },
} satisfies Record<string, ActionHandler>;

async function redeem(walk: Walk, code: ModelCode): Promise<string> {
  const expected = expectedOfCode(walk.model, code);
  const answer = await sendCode(walk.server, code);
  assertAnswer(answer, expected);
  if (expected === 'new tokens') {
    applyCode(walk, code, answer);
  }
  code.grant.ended ||= expected === 'reuse';
  return `redeem code ${walk.nameOf(code)}: ${expected}`;
}

async function refreshOnce(walk: Walk, pair: ModelPair): Promise<string> {
  const expected = expectedOfRefresh(walk.model, pair);
  const answer = await sendRefresh(walk.server, pair);
  assertAnswer(answer, expected);
  if (expected === 'new tokens') {
    applyRefresh(walk, pair, answer);
  }
  if (expected === 'the same tokens') {
    assert.equal(answer.body.access_token, pair.successor?.accessToken);
    assert.equal(answer.body.refresh_token, pair.successor?.refreshToken);
  }
  pair.grant.ended ||= expected === 'reuse';
  return `refresh ${walk.nameOf(pair)}: ${expected}`;
}

/** Sends a refresh and closes the connection before the response can arrive. */
async function hangUp({ server }: Walk, { grant, refreshToken }: ModelPair): Promise<void> {
  const aborted = new AbortController();
  const { application } = grant.client;
  const parameters = { grant_type: 'refresh_token', refresh_token: refreshToken };
  const answer = postForm(server, 'token', application, parameters, {}, aborted.signal);
  setTimeout(() => aborted.abort(), 3);
  await answer.catch(() => undefined);
}

const sendCode = (server: Walk['server'], { authorization, grant }: ModelCode) =>
  exchange(server, grant.client.application, authorization);
const sendRefresh = (server: Walk['server'], { grant, refreshToken }: ModelPair) =>
  refresh(server, grant.client.application, refreshToken);

function applyCode(walk: Walk, code: ModelCode, answer: TokenAnswer | undefined): void {
  code.redeemed = true;
  walk.model.pairs.push(pairOf(walk, code.grant, answer));
}

function applyRefresh(walk: Walk, pair: ModelPair, answer: TokenAnswer | undefined): void {
  pair.usedAt = walk.model.now;
  pair.successor = pairOf(walk, pair.grant, answer);
  walk.model.pairs.push(pair.successor);
}

function pairOf({ model }: Walk, grant: ModelPair['grant'], answer: TokenAnswer | undefined) {
  const { access_token, refresh_token, scope = '' } = answer?.body ?? {};
  assert.ok(access_token !== undefined && refresh_token !== undefined);
  assert.deepEqual(scope.split(' ').sort(), grant.scopes.toSorted());
  const pair: ModelPair = {
    grant,
    accessToken: access_token,
    refreshToken: refresh_token,
    issuedAt: model.now,
  };
  return pair;
}

function assertAnswer(answer: TokenAnswer, expected: Expected): void {
  const granted = expected === 'new tokens' || expected === 'the same tokens';
  const said = `${answer.status} ${JSON.stringify(answer.body)}`;
  assert.equal(answer.status === 200, granted, `expected ${expected}, got ${said}`);
  assert.ok(answer.status < 500, said);
}

function reasonsOf(answers: readonly TokenAnswer[]): string {
  return answers.map(({ status, body }) => `${status} ${body.error_description ?? ''}`).join('; ');
}
