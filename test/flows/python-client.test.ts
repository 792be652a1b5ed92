import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import {
  createPlatform,
  registerApplication,
  type TestApplication,
  type TestPlatform,
} from '../support/factories.ts';
import { decide, signIn } from '../support/flow.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

/** Debian's, by its path: a Python from elsewhere does not see Debian's packages. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(import.meta.dirname, '../support/python/client.py');

const missing = spawnSync(PYTHON, ['-c', 'import requests_oauthlib']).status !== 0;
const skip = missing && 'Debian’s python3-requests-oauthlib is not installed';

describe('an application written with requests-oauthlib', { skip }, () => {
  let server: TestServer;
  let platform: TestPlatform;

  before(async () => {
    server = await startServer();
    platform = await createPlatform(server);
  });
  after(() => server.close());

  for (const clientType of ['confidential', 'public'] as const) {
    it(`connects, calls the API, refreshes and revokes (${clientType})`, async () => {
      const application = await registerApplication(server, { owner: 'ben', clientType });
      assert.deepEqual(await run(application), {
        scope: ['read', 'write'],
        expires_in: 3600,
        before: 200,
        organizers: ['redstage'],
        rotated: true,
        after: 200,
        stale: 401,
        renewing: 200,
        renewed: 1,
        revoked: 200,
        ended: 401,
      });
    });
  }

  /** Runs the script; Ada is the user that it sends here. */
  async function run(application: TestApplication): Promise<unknown> {
    const child = spawn(PYTHON, [SCRIPT], {
      // The library refuses http otherwise, on this machine too.
      env: { OAUTHLIB_INSECURE_TRANSPORT: '1', PYTHONDONTWRITEBYTECODE: '1' },
    });
    // A script that has ended already does not read what is written to it.
    child.stdin.on('error', () => {});
    const complaints = text(child.stderr);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const nextLine = async () => {
      const { value }: IteratorResult<string, undefined> = await lines.next();
      return value ?? assert.fail(await complaints);
    };
    try {
      child.stdin.write(`${JSON.stringify(settingsFor(application))}\n`);
      child.stdin.write(`${await adaAllows(await nextLine())}\n`);
      return JSON.parse(await nextLine());
    } finally {
      child.kill();
    }
  }

  function settingsFor({ clientId, clientSecret, redirectUri }: TestApplication) {
    return {
      issuer: server.issuer,
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uri: redirectUri,
    };
  }

  async function adaAllows(link: string): Promise<URL> {
    const agent = new UserAgent(server);
    const consent = await signIn(agent, await agent.get(link), platform.ada);
    const page = await decide(agent, consent, { organizers: ['redstage'] });
    assert.ok(page.leavesTo, textOf(page));
    return page.leavesTo;
  }
});
