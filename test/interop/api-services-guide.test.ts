import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import { newDpopKey, newProof, obtainBoundToken } from '../support/dpop.ts';
import { putTeam, registerApplication, type TestPlatform } from '../support/factories.ts';
import { decide, signIn } from '../support/flow.ts';
import { freePort } from '../support/free-port.ts';
import { buildKit } from '../support/guide/build-kit.ts';
import { readCode, readErrors } from '../support/guide/read-guide.ts';
import {
  FETCH_STARTER,
  KIT_STARTER,
  type RunningService,
  startService,
} from '../support/guide/run-service.ts';
import { shapeOf } from '../support/guide/shape-of.ts';
import { type ClientCredentials, credentialsOf } from '../support/platform.ts';
import { startPlatform } from '../support/platform-server.ts';
import type { TestServer } from '../support/server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { type ObtainedTokens, obtainTokens, revoke } from '../support/tokens.ts';
import { UserAgent } from '../support/user-agent.ts';

/** Path of Debian's Python. */
const PYTHON = '/usr/bin/python3';

const SERVICES = [
  { id: 'koa', file: 'service.mjs', interpreter: process.execPath },
  { id: 'express', file: 'service.mjs', interpreter: process.execPath },
  { id: 'fastify', file: 'service.mjs', interpreter: process.execPath },
  { id: 'node', file: 'service.mjs', interpreter: process.execPath },
  { id: 'fetch', file: 'service.mjs', interpreter: process.execPath, starter: FETCH_STARTER },
  { id: 'python', file: 'service.py', interpreter: PYTHON },
] as const;

const INSUFFICIENT = 'Bearer realm="api", error="insufficient_scope"';

const list = z.object({ results: z.array(z.object({ code: z.string() })) });
const refusal = z.strictObject({ detail: z.string().min(10) });

describe('Guide for API services', () => {
  let server: TestServer;
  let platform: TestPlatform;
  /** Proxy between the services and this server, cut to simulate an outage. */
  let wire: TcpProxy;
  let kit: string;
  let page: string;
  let code: ReadonlyMap<string, string>;

  before(async () => {
    kit = await mkdtemp(join(tmpdir(), 'stagedoor-kit-'));
    await buildKit(kit);
    const port = await freePort();
    wire = await startTcpProxy(port);
    const ISSUER = `http://localhost:${wire.port}`;
    ({ server, platform } = await startPlatform({ PORT: String(port), ISSUER }));
    // A member without permissions.
    await putTeam(server, {
      organizer: 'greenarena',
      id: 'door',
      permissions: [],
      members: ['ada'],
    });
    // A permission for one event, which opens no route of the examples: they concern all events.
    await putTeam(server, {
      organizer: 'bluehall',
      id: 'fair',
      permissions: ['can_change_orders'],
      limitEvents: ['spring-fair'],
      members: ['ada'],
    });
    page = await (await fetch(`${server.issuer}/docs/api-services`)).text();
    code = readCode(page);
  });
  after(async () => {
    await server?.close();
    await wire?.close();
    await rm(kit, { recursive: true, force: true });
  });

  const ALL = ['redstage', 'bluehall', 'greenarena'];
  const askFor = (scope: string, organizers: readonly string[]) => ({
    application: platform.application,
    user: platform.ada,
    scope,
    organizers,
    parameters: { prompt: 'consent' },
    previous: 'keep' as const,
  });
  const tokensFor = (scope: string, organizers: readonly string[] = ALL) =>
    obtainTokens(server, askFor(scope, organizers));

  for (const { id, ...service } of SERVICES) {
    const skip = existsSync(service.interpreter)
      ? false
      : `${service.interpreter} is not installed`;

    describe(`service for ${id}`, { skip }, () => {
      let running: RunningService;
      let all: ObtainedTokens;

      before(async () => {
        const program = { ...service, code: code.get(`service-${id}`) ?? '' };
        running = await startService(program, kit, credentials());
        all = await tokensFor('read write');
      });
      after(() => running?.stop());

      const call = (method: string, path: string, token?: string) =>
        fetch(running.url + path, {
          method,
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        });
      const codes = async (path: string, { accessToken }: ObtainedTokens) => {
        const answer = await call('GET', path, accessToken);
        assert.equal(answer.status, 200);
        return list.parse(await answer.json()).results.map((order) => order.code);
      };

      it('lists what the token opens', async () => {
        assert.deepEqual(await codes('/orders', all), ['R1', 'B1']);
        const one = await tokensFor('read', ['bluehall']);
        assert.deepEqual(await codes('/orders', one), ['B1']);
        assert.deepEqual(await codes('/organizers/bluehall/orders', one), ['B1']);
        assert.deepEqual(await codes('/organizers/redstage/orders', all), ['R1']);
      });

      it('lets a user with the permission change orders', async () => {
        const answer = await call('POST', '/organizers/redstage/orders', all.accessToken);
        assert.equal(answer.status, 201);
        assert.deepEqual(await codes('/organizers/redstage/orders', all), ['R1', 'N3']);
      });

      it('refuses requests with the responses of the page', async () => {
        const read = await tokensFor('read', ['redstage']);
        const path = '/organizers/redstage/orders';
        const refused = {
          token_missing: await call('GET', path),
          token_invalid: await call('GET', path, all.refreshToken),
          scope_missing: await call('POST', path, read.accessToken),
          organizer_closed: await call('GET', '/organizers/bluehall/orders', read.accessToken),
          permission_missing: await call('POST', '/organizers/bluehall/orders', all.accessToken),
          unavailable: await whileAway(() => call('GET', path, all.accessToken)),
        };
        const expected: Record<keyof typeof refused, readonly [number, string | null]> = {
          token_missing: [401, 'Bearer realm="api"'],
          token_invalid: [401, 'Bearer realm="api", error="invalid_token"'],
          scope_missing: [403, `${INSUFFICIENT}, scope="write"`],
          organizer_closed: [403, INSUFFICIENT],
          permission_missing: [403, INSUFFICIENT],
          unavailable: [503, null],
        };
        for (const [name, answer] of Object.entries(refused)) {
          const given = [answer.status, answer.headers.get('www-authenticate')];
          assert.deepEqual(
            given,
            Object.entries(expected).find(([key]) => key === name)?.[1],
            name,
          );
          assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
          refusal.parse(await answer.json());
        }
        assert.match(refused.unavailable.headers.get('retry-after') ?? '', /^\d+$/);
        assert.deepEqual(readErrors(page), [Object.keys(refused).sort()]);
        assert.deepEqual(await codes(path, read), await codes(path, all), 'and it recovers');
      });

      it('refuses a revoked token immediately', async () => {
        const { accessToken } = await tokensFor('read');
        assert.equal((await call('GET', '/orders', accessToken)).status, 200);
        await revoke(server, platform.application, accessToken);
        assert.equal((await call('GET', '/orders', accessToken)).status, 401);
      });

      it('refuses a DPoP-bound token without its proof', async () => {
        const token = await obtainBoundToken(server, await newDpopKey(), askFor('read', ALL));
        assert.equal((await call('GET', '/orders', token)).status, 401);
      });

      it('returns 404 for other routes', async () => {
        assert.equal((await call('GET', '/nothing', all.accessToken)).status, 404);
      });

      const own = id === 'python' && 'its answers are its own';
      it('returns exactly the refusal that the page shows', { skip: own }, async () => {
        const { accessToken } = await tokensFor('read');
        const answer = await call('POST', '/organizers/redstage/orders', accessToken);
        const sent = [
          `HTTP/1.1 ${answer.status} ${answer.statusText}`,
          // Fastify adds the charset.
          `content-type: ${answer.headers.get('content-type')?.replace('; charset=utf-8', '')}`,
          `www-authenticate: ${answer.headers.get('www-authenticate')}`,
          '',
          await answer.text(),
        ];
        assert.equal(sent.join('\n'), code.get('refusal'));
      });
    });
  }

  it('the strict service accepts bound tokens with their proof', async () => {
    const program = { file: 'service.mjs', interpreter: process.execPath, starter: KIT_STARTER };
    const service = { ...program, code: code.get('service-strict') ?? '' };
    const running = await startService(service, kit, credentials());
    try {
      const key = await newDpopKey();
      const token = await obtainBoundToken(server, key, askFor('read', ['redstage']));
      const dpop = await newProof(key, { method: 'GET', url: `${running.url}/`, token });
      const call = (headers: Record<string, string>) => fetch(running.url, { headers });
      const bound = { authorization: `DPoP ${token}`, dpop };
      assert.deepEqual(await (await call(bound)).json(), ['redstage']);
      const again = await call(bound);
      assert.equal(again.status, 401, 'a proof works once');
      assert.match(again.headers.get('www-authenticate') ?? '', /error="invalid_dpop_proof"/);
      assert.equal((await call({ authorization: `Bearer ${token}` })).status, 401);
      const { accessToken } = await tokensFor('read');
      assert.equal((await call({ authorization: `Bearer ${accessToken}` })).status, 200);
    } finally {
      await running.stop();
    }
  });

  it('the curl scripts register a service and introspect a token', async () => {
    const shown = (id: string): unknown => JSON.parse(code.get(id) ?? '');
    const registered = await run('register-script', { OPERATOR_TOKEN: server.operatorToken });
    assert.deepEqual(shapeOf(registered), shapeOf(shown('register-answer')));
    const { accessToken } = await tokensFor('read write', ['redstage', 'bluehall']);
    const ask = () =>
      run('introspect', { ...credentials(credentialsOf(registered)), TOKEN: accessToken });
    const told = await ask();
    assert.deepEqual(shapeOf(told), shapeOf(shown('answer-active')));
    await revoke(server, platform.application, accessToken);
    assert.deepEqual(await ask(), shown('answer-inactive'));
    const changes = await run('changes-script', credentials());
    assert.deepEqual(Object.keys(z.looseObject({}).parse(changes)), [
      'changes',
      'cursor',
      'age_ms',
    ]);
  });

  it('the token script prints a token that the service accepts', async () => {
    const { clientId } = await registerApplication(server, {
      owner: platform.ben.id,
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
    });
    const child = spawn('bash', ['-c', code.get('token-script') ?? ''], {
      env: { PATH: process.env.PATH ?? '', CLIENT_ID: clientId },
    });
    const printed = text(child.stdout);
    for await (const line of createInterface({ input: child.stderr })) {
      if (line.startsWith(server.issuer)) {
        const agent = new UserAgent(server);
        const consent = await signIn(agent, await agent.get(line), platform.ada);
        const { leavesTo } = await decide(agent, consent, { organizers: ['redstage'] });
        child.stdin.write(`${leavesTo}\n`);
      }
    }
    const token = (await printed).trim();
    assert.match(token, /^sda_\w+$/);
    const told = await run('introspect', { ...credentials(), TOKEN: token });
    assert.deepEqual(z.looseObject({ organizers: z.unknown() }).parse(told).organizers, [
      'redstage',
    ]);
  });

  function credentials(of: ClientCredentials = platform.resourceServer): Record<string, string> {
    const { clientId, clientSecret = '' } = of;
    return { STAGEDOOR_CLIENT_ID: clientId, STAGEDOOR_CLIENT_SECRET: clientSecret };
  }

  /** Returns the output of a script of the page. */
  async function run(id: string, variables: Readonly<Record<string, string>>): Promise<unknown> {
    const { stdout } = await promisify(execFile)('bash', ['-c', code.get(id) ?? ''], {
      env: { PATH: process.env.PATH ?? '', ...variables },
    });
    return JSON.parse(stdout);
  }

  async function whileAway<T>(work: () => Promise<T>): Promise<T> {
    await wire.cut();
    try {
      return await work();
    } finally {
      await wire.restore();
    }
  }
});
