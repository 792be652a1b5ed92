import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { registerApplication, type TestApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { decide, signedIn, signIn } from '../support/flow.ts';
import { readCode } from '../support/guide/read-guide.ts';
import { type Run, runExample } from '../support/guide/run-example.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

/** Interpreters of the programs, and a command that checks if each is installed. */
const PROGRAMS = [
  {
    id: 'curl',
    file: 'client.sh',
    interpreter: 'bash',
    probe: ['-c', 'curl -V && openssl version'],
  },
  { id: 'fetch', file: 'client.mjs', interpreter: process.execPath, probe: ['--version'] },
  { id: 'oauth4webapi', file: 'client.mjs', interpreter: process.execPath, probe: ['--version'] },
  // By its path: other installations of Python lack Debian's packages.
  {
    id: 'python',
    file: 'client.py',
    interpreter: '/usr/bin/python3',
    probe: ['-c', 'import requests_oauthlib'],
  },
  {
    id: 'php',
    file: 'client.php',
    interpreter: 'php',
    probe: ['-r', 'exit((int)!extension_loaded("curl"));'],
  },
] as const;

type ProgramId = (typeof PROGRAMS)[number]['id'];

const slugs = z.object({ results: z.array(z.object({ slug: z.string() })) });
const subject = z.object({ sub: z.string() });

describe('Programs of the developer guide', () => {
  const { server, platform } = withPlatform();
  /** Browser of Ben, who owns the applications. */

  const ben = prepared(() => signedIn(server, platform.ben));

  /** Allows the request as Ada, with the given scopes. */
  async function allow(link: string, scopes?: readonly string[]): Promise<URL> {
    const agent = new UserAgent(server);
    const consent = await signIn(agent, await agent.get(link), platform.ada);
    const choice = scopes === undefined ? {} : { scopes };
    const sent = await decide(agent, consent, { organizers: ['redstage'], ...choice });
    assert.ok(sent.leavesTo, textOf(sent));
    return sent.leavesTo;
  }

  async function deny(link: string): Promise<URL> {
    const agent = new UserAgent(server);
    const consent = await signIn(agent, await agent.get(link), platform.ada);
    const sent = await decide(agent, consent, { decision: 'deny' });
    assert.ok(sent.leavesTo, textOf(sent));
    return sent.leavesTo;
  }

  for (const { id, file, interpreter, probe } of PROGRAMS) {
    const missing = spawnSync(interpreter, probe).status !== 0;
    const skip = missing && `${interpreter}, or what the program needs of it, is not installed`;

    describe(`program for ${id}`, { skip }, () => {
      for (const clientType of ['confidential', 'public'] as const) {
        it(`runs from authorization to revocation (${clientType})`, async () => {
          const application = await register(clientType);
          const { exitCode, lines, complaints } = await run(application, (link) => allow(link));
          assert.equal(exitCode, 0, complaints);
          assert.equal(complaints, '');
          const [allowed, organizers = '', me = '', ...rest] = lines;
          assert.equal(allowed, 'Allowed: read profile');
          assert.deepEqual(
            slugs.parse(JSON.parse(organizers)).results.map(({ slug }) => slug),
            ['redstage'],
          );
          assert.equal(subject.parse(JSON.parse(me)).sub, 'ada');
          assert.deepEqual(rest, ['Refreshed', 'Revoked']);
          assert.deepEqual(await endings(application), ['revoked_by_client']);
        });
      }

      it('works with fewer scopes than requested', async () => {
        const application = await register('confidential');
        const { exitCode, lines, complaints } = await run(application, (link) =>
          allow(link, ['read']),
        );
        assert.equal(exitCode, 0, complaints);
        assert.equal(lines[0], 'Allowed: read');
        assert.deepEqual(lines.slice(2), ['Refreshed', 'Revoked']);
      });

      it('stops with the reason if the user denies', async () => {
        const { exitCode, lines, complaints } = await run(await register('confidential'), deny);
        assert.notEqual(exitCode, 0);
        assert.deepEqual(lines, []);
        assert.match(complaints, /access_denied/);
      });

      it('refuses a response with another state or issuer', async () => {
        for (const name of ['state', 'iss']) {
          const application = await register('confidential');
          const { exitCode, lines } = await run(application, async (link) => {
            const sent = await allow(link);
            sent.searchParams.set(name, 'https://evil.example.com');
            return sent;
          });
          assert.notEqual(exitCode, 0, name);
          assert.deepEqual(lines, [], name);
        }
      });

      it('prints the error of the server', async () => {
        const application = { ...(await register('confidential')), clientSecret: 'sds_wrong' };
        const { exitCode, complaints } = await run(application, (link) => allow(link));
        assert.notEqual(exitCode, 0);
        assert.match(complaints, /invalid_client/);
      });
    });

    async function run(
      application: TestApplication,
      person: (link: string) => Promise<URL>,
    ): Promise<Run> {
      const code = await programFor(id, application);
      return runExample({ interpreter, file, code }, server.issuer, person);
    }
  }

  it('program for a computer receives the redirect at a free port', async () => {
    const application = await registerApplication(server, {
      owner: 'ben',
      clientType: 'public',
      redirectUris: ['http://127.0.0.1/callback'],
    });
    const path = `/docs/native-apps?client_id=${application.clientId}`;
    const { exitCode, lines, complaints } = await runExample(
      {
        interpreter: process.execPath,
        file: 'desktop-app.mjs',
        code: readCode((await ben.get(path)).body).get('program-desktop') ?? '',
      },
      server.issuer,
      async (link) => {
        const sentBack = await allow(link);
        assert.equal(await (await fetch(sentBack)).text(), 'You can close this window.');
        return sentBack;
      },
    );
    assert.equal(exitCode, 0, complaints);
    const [allowed, organizers = '', ...rest] = lines;
    assert.equal(allowed, 'Allowed: read profile');
    assert.match(organizers, /"redstage"/);
    assert.deepEqual(rest, ['Refreshed', 'Revoked']);
    assert.deepEqual(await endings(application), ['revoked_by_client']);
  });

  for (const clientType of ['confidential', 'public'] as const) {
    it(`oauth4webapi program with the three lines for DPoP works (${clientType})`, async () => {
      const application = await register(clientType);
      const guide = readCode((await ben.get('/docs/guide')).body);
      const program = await programFor('oauth4webapi', application);
      const code = program.replace(
        /^const options = .*$/m,
        (options) => `${options}\n${guide.get('program-dpop')}`,
      );
      assert.notEqual(code, program);
      const { exitCode, lines, complaints } = await runExample(
        { interpreter: process.execPath, file: 'client.mjs', code },
        server.issuer,
        (link) => allow(link),
      );
      assert.equal(exitCode, 0, complaints);
      assert.deepEqual(lines.slice(-2), ['Refreshed', 'Revoked']);
      const { db } = server.database;
      const bound = await db
        .selectFrom('access_tokens')
        .innerJoin('grants', 'grants.id', 'access_tokens.grant_id')
        .where('client_id', '=', application.clientId)
        .select('access_tokens.jkt')
        .execute();
      assert.equal(bound.length, 2);
      for (const { jkt } of bound) {
        assert.match(jkt ?? '', /^[\w-]{43}$/);
      }
    });
  }

  function register(clientType: 'confidential' | 'public'): Promise<TestApplication> {
    const redirectUris = ['http://127.0.0.1:51763/back?from=stagedoor&page=1'] as const;
    return registerApplication(server, { owner: 'ben', clientType, redirectUris });
  }

  /** Returns the code as Ben copies it: the page fills in everything except the secret. */
  async function programFor(id: ProgramId, application: TestApplication): Promise<string> {
    const path = `/docs/examples?client_id=${application.clientId}`;
    const code = readCode((await ben.get(path)).body).get(`program-${id}`) ?? '';
    assert.ok(code.includes(application.redirectUri));
    assert.ok(code.includes(server.issuer));
    return code.replace('YOUR_CLIENT_SECRET', application.clientSecret ?? '');
  }

  /** Returns why the grants of an application ended. */
  async function endings({ clientId }: TestApplication): Promise<(string | null)[]> {
    const rows = await server.database.db
      .selectFrom('grants')
      .where('client_id', '=', clientId)
      .select('revocation_reason')
      .execute();
    return rows.map((row) => row.revocation_reason);
  }
});
