import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceServerOptions } from '@stagedoor/resource-server';
import { createResourceServer } from '@stagedoor/resource-server';
import { createPlatform, type TestPlatform } from '../support/factories.ts';
import { FRAMEWORKS, type GuardedApi } from '../support/kit/frameworks.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { obtainTokens, revoke } from '../support/tokens.ts';

/** A run of guarded requests without pauses. */
interface Traffic {
  /** Waits for this many more responses that match; fails after a timeout. */
  until(count: number, what: (answer: Answer) => boolean): Promise<void>;
  /** Stops, and returns all responses in order. */
  stop(): Promise<readonly Answer[]>;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
}

const PATIENCE_SECONDS = 60;

describe('API service during an outage of the authorization server', () => {
  let server: ServerProcess;
  let platform: TestPlatform;
  let live: string;
  let revoked: string;

  before(async () => {
    server = await startServerProcess();
    platform = await createPlatform(server);
    const { application, ada } = platform;
    const parameters = { prompt: 'consent' };
    const tokens = () => obtainTokens(server, { application, user: ada, parameters });
    live = (await tokens()).accessToken;
    revoked = (await tokens()).accessToken;
    await revoke(server, application, revoked);
  });
  after(() => server.close());

  const startApi = (options: Partial<ResourceServerOptions> = {}) => {
    const { clientId, clientSecret = '' } = platform.resourceServer;
    const kit = createResourceServer({
      issuer: server.issuer,
      clientId,
      clientSecret,
      circuit: { failures: 3, seconds: 0.5 },
      onUnavailable: () => undefined,
      ...options,
    });
    const start = FRAMEWORKS.Express;
    assert.ok(start);
    return start(kit, [{ path: '/organizers/:organizer', needs: { organizer: 'organizer' } }]);
  };
  const get = async (api: GuardedApi, token: string): Promise<Answer> => {
    const answer = await fetch(`${api.url}/organizers/redstage`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.arrayBuffer();
    return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
  };

  it('returns 503 while the server is down, and recovers when it is back', async (t) => {
    const api = await startApi();
    t.after(() => api.close());
    const traffic = startTraffic(() => get(api, live));
    const unwanted = startTraffic(() => get(api, revoked));
    await traffic.until(50, ({ status }) => status === 200);
    await server.kill();
    await traffic.until(50, ({ status }) => status === 503);
    await unwanted.until(1, ({ status }) => status === 503);
    await server.start();
    await traffic.until(50, ({ status }) => status === 200);
    const [answers, ofRevoked] = await Promise.all([traffic.stop(), unwanted.stop()]);
    assert.deepEqual(statuses(answers), [200, 503], 'no other statuses');
    assert.deepEqual(statuses(ofRevoked), [401, 503], 'never accepted');
    for (const { status, retryAfter } of answers) {
      assert.match(retryAfter ?? '', status === 503 ? /^[1-9]\d*$/ : /^$/);
    }
  });

  it('does not make callers wait for a hanging server', async (t) => {
    const proxy = await startTcpProxy(Number(new URL(server.issuer).port));
    t.after(() => proxy.close());
    const timeout = 2000;
    const api = await startApi({
      introspectionEndpoint: `http://127.0.0.1:${proxy.port}/api/v1/oauth/introspect`,
      timeout,
      circuit: { failures: 3, seconds: 3 },
    });
    t.after(() => api.close());
    assert.equal((await get(api, live)).status, 200);
    proxy.stall();
    const begin = performance.now();
    const count = 200;
    for (let i = 0; i < count; i += 1) {
      assert.equal((await get(api, live)).status, 503);
    }
    // Waiting each time would take ten times as long; occasional probes are allowed.
    assert.ok(performance.now() - begin < (count * timeout) / 10);
    await proxy.restore();
    const traffic = startTraffic(() => get(api, live));
    await traffic.until(20, ({ status }) => status === 200);
    await traffic.stop();
  });

  it('continues after a restart between two requests', async (t) => {
    const api = await startApi();
    t.after(() => api.close());
    assert.equal((await get(api, live)).status, 200);
    // The restart closes the connection that the kit keeps open.
    await server.kill('SIGTERM');
    await server.start();
    assert.equal((await get(api, live)).status, 200);
  });
});

function startTraffic(ask: () => Promise<Answer>): Traffic {
  const answers: Answer[] = [];
  let running = true;
  const lane = async () => {
    while (running) {
      answers.push(await ask());
      await sleep(2);
    }
  };
  const lanes = Promise.all(Array.from({ length: 4 }, lane));
  return {
    until: async (count, what) => {
      const begin = answers.length;
      const end = Date.now() + PATIENCE_SECONDS * 1000;
      while (answers.slice(begin).filter(what).length < count) {
        assert.ok(Date.now() < end, `Still ${JSON.stringify(answers.at(-1))}`);
        await sleep(10);
      }
    },
    stop: async () => {
      running = false;
      await lanes;
      return answers;
    },
  };
}

function statuses(answers: readonly Answer[]): number[] {
  return [...new Set(answers.map(({ status }) => status))].sort();
}
