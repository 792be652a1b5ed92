import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext, type TestOptions } from 'node:test';
import { promisify } from 'node:util';
import { type InstalledKit, installKit, outputOf, systemNode } from '../support/kit/install.ts';
import { startPlatform } from '../support/platform-server.ts';
import { prepareShards, readMeasured } from '../support/shards.ts';
import { obtainTokens } from '../support/tokens.ts';

const run = promisify(execFile);
/** Processes that run the tests of the package. */
const PROCESSES = 2;

/** An API service in TypeScript that uses every entry of the package, with types. */
const PROGRAM = `
import { createServer } from 'node:http';
import {
  type Access,
  accessOf,
  createResourceServer,
  RefusedError,
  type Requirement,
  type ResourceServerOptions,
  UnavailableError,
} from '@stagedoor/resource-server';
import { guard as guardExpress } from '@stagedoor/resource-server/express';
import { guard as guardFastify } from '@stagedoor/resource-server/fastify';
import { decide } from '@stagedoor/resource-server/fetch';
import { guard as guardKoa } from '@stagedoor/resource-server/koa';
import { admit } from '@stagedoor/resource-server/node';

const { ISSUER = '', CLIENT_ID = '', CLIENT_SECRET = '', TOKEN = '' } = process.env;
const options: ResourceServerOptions = {
  issuer: ISSUER,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  cache: { entries: 100, staleSeconds: 5 },
  dpop: { url: 'http://api.example' },
  signedIntrospection: true,
  onUnavailable: (error: UnavailableError) => console.error(error.message),
};
const kit = createResourceServer(options);
const needs = {
  organizer: 'organizer',
  permission: { read: 'can_view_orders', write: 'can_change_orders' },
};
for (const guard of [guardKoa(kit, needs), guardExpress(kit, needs), guardFastify(kit, needs)]) {
  console.log(typeof guard, typeof accessOf);
}
// @ts-expect-error A route has to say which organizer it is about.
const forgetful = () => guardKoa(kit, { permission: 'can_view_orders' });
// @ts-expect-error A permission is one at an organizer.
const pointless = () => guardKoa(kit, { organizer: null, permission: 'can_view_orders' });

const requirement: Requirement = { ...needs, organizer: 'redstage' };
const headers = { authorization: \`Bearer \${TOKEN}\` };
const request = new Request('http://api.example/', { headers });
const { access, response } = await decide(kit, request, requirement);
const found: Access | undefined = access;
console.log(found?.sub, found?.organizersWith('can_view_orders').join(), response?.status);

try {
  await kit.verify(new Request('http://api.example/', { headers }), { organizer: 'greenarena' });
} catch (error) {
  console.log(error instanceof RefusedError && error.code);
}

const server = createServer(async (request, response) => {
  const access = await admit(kit, request, response, requirement);
  if (access) {
    response.end(access.clientId);
  }
}).listen(0, '127.0.0.1', async () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const answer = await fetch(\`http://127.0.0.1:\${port}/\`, { headers });
  console.log(answer.status, (await answer.text()) === CLIENT_ID ? 'service' : 'application');
  server.close();
  server.closeAllConnections();
});
`;

describe('Package of the kit', () => {
  let kit: InstalledKit | undefined;
  before(async () => {
    kit = await installKit();
  });
  after(() => kit?.remove());

  /** A test that is skipped if the package registry is unreachable. */
  const withKit = (
    name: string,
    work: (kit: InstalledKit, context: TestContext) => Promise<void>,
    options: TestOptions = {},
  ) =>
    it(name, options, async (context) => {
      if (kit === undefined) {
        context.skip('The package registry is unreachable');
      } else {
        await work(kit, context);
      }
    });

  withKit('installs only its own dependencies', async (installed) => {
    assert.deepEqual(installed.packages, ['@stagedoor', 'jose', 'oauth4webapi']);
  });

  it('has the server’s version and dependency ranges', () => {
    const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
    const own = read('package.json');
    const { version, dependencies } = read('src/kit/package.json');
    assert.equal(version, own.version);
    for (const [name, range] of Object.entries(dependencies)) {
      assert.equal(own.dependencies[name], range, name);
    }
  });

  withKit('passes its tests as an installed package', async (installed) => {
    // Not kit-matrix.test.ts: it takes a minute, and its rules are tested by these files, too.
    // The longest come first.
    const patterns = [
      'test/interop/kit-outage.test.ts',
      'test/unit/resource-server-cache.test.ts',
      'test/{flows/kit-bound-tokens,unit/resource-server-*}.test.ts',
    ];
    const files = [...new Set(patterns.flatMap((pattern) => globSync(pattern).sort()))];
    assert.ok(files.length >= 10);
    const hook = join(import.meta.dirname, '../support/kit/use-packed.ts');
    const shard = join(import.meta.dirname, '../support/shard.ts');
    const shards = join(installed.folder, 'shards');
    const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
    const env = { ...inherited, ...prepareShards(shards, files), KIT_PROJECT: installed.folder };
    // Few processes, because loading the modules takes long; several, because the tests wait.
    await Promise.all(
      Array.from({ length: PROCESSES }, () =>
        run(process.execPath, ['--import', hook, shard], { env, maxBuffer: 2 ** 26 }).catch(
          (error: unknown) => assert.fail(outputOf(error)),
        ),
      ),
    );
    assert.deepEqual(
      readMeasured(shards)
        .map(({ file }) => file)
        .sort(),
      files.sort(),
    );
  });

  withKit('has types and protects an API service', async (installed, t) => {
    await installed.compile('api.ts', PROGRAM);
    const { server, platform } = await startPlatform();
    t.after(() => server.close());
    const { ada, application, resourceServer } = platform;
    const { accessToken } = await obtainTokens(server, { application, user: ada });
    const output = await installed.run(process.execPath, 'api.js', {
      ISSUER: server.issuer,
      CLIENT_ID: resourceServer.clientId,
      CLIENT_SECRET: resourceServer.clientSecret ?? '',
      TOKEN: accessToken,
    });
    assert.deepEqual(output.trim().split('\n'), [
      ...Array.from({ length: 3 }, () => 'function function'),
      'ada bluehall,redstage undefined',
      'organizer_closed',
      '200 application',
    ]);
  });

  const old = unsupportedNode();
  withKit(
    'names the required version on an unsupported Node.js',
    async (installed) => {
      const code = `import '@stagedoor/resource-server';`;
      await writeFile(join(installed.folder, 'import.js'), code);
      await assert.rejects(
        installed.run(String(old), 'import.js', {}),
        /Error: @stagedoor\/resource-server needs Node\.js 22\.18 or newer; this is v/,
      );
    },
    { skip: old === undefined },
  );
});

/** Returns the Node.js on the PATH if the kit does not support it. */
function unsupportedNode(): string | undefined {
  const node = systemNode();
  const version = node && execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  return version !== undefined && /^v(1\d|2[01])\./.test(version) ? node : undefined;
}
