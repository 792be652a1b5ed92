import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Router } from '@koa/router';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { createApp } from '../../src/app.ts';
import { cookieKeysOf } from '../../src/data-dir/secret.ts';
import { startErrorQueue } from '../../src/insights/error-queue.ts';
import { startRequestCounter } from '../../src/insights/request-counter.ts';
import { createLog } from '../../src/lib/log.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { operatorAccess } from '../../src/operators/access.ts';
import { startCallLog } from '../../src/operators/call-log.ts';
import { openKeyring } from '../../src/signing-keys/keyring.ts';
import { prepared, withServer } from '../support/fixture.ts';
import { createContract } from '../support/openapi/contract.ts';
import { fetchDocument, operationsOf, parametersOf } from '../support/openapi/operations.ts';
import type { TestServer } from '../support/server.ts';

const VALIDATOR = 'import openapi_spec_validator';

describe('API description', () => {
  const server = withServer();
  const document = prepared(() => fetchDocument(server));

  it('is public and contains the URL of the server', async () => {
    const response = await fetch(`${server.issuer}/api/v1/openapi.json`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('set-cookie'), null);
    assert.deepEqual(document.servers, [{ url: server.issuer }]);
    assert.match(document.openapi, /^3\.1\./);
  });

  it('passes the linter', async () => {
    // The linter reports localhost as a mistake.
    const servers = [{ url: 'https://login.stagedoor.dev' }];
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        // Paths end with a slash, as in the platform's API.
        'no-path-trailing-slash': 'off',
        'no-invalid-schema-examples': 'error',
        'no-invalid-parameter-examples': 'error',
      },
    });
    const problems = await lintFromString({
      source: JSON.stringify({ ...document, servers }),
      config,
    });
    assert.deepEqual(
      problems.map(({ ruleId, message }) => `${ruleId}: ${message}`),
      [],
    );
  });

  const missing = spawnSync('python3', ['-c', VALIDATOR]).status !== 0;
  it('is valid according to a validator in another language', { skip: missing }, async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'stagedoor-openapi-')), 'openapi.json');
    await writeFile(file, JSON.stringify(document));
    const program = `${VALIDATOR}, json, sys; openapi_spec_validator.validate(json.load(open(sys.argv[1])))`;
    await promisify(execFile)('python3', ['-c', program, file]);
  });

  it('has examples that match their schemas', () => {
    const contract = createContract(document);
    for (const [name, { examples = [] }] of Object.entries(document.components.schemas)) {
      assert.ok(Array.isArray(examples) && examples.length > 0, `${name} has no example`);
      for (const example of examples) {
        contract.fits(name, example);
      }
    }
  });

  it('has a summary for each operation and a description for each parameter', () => {
    for (const { id, operation } of operationsOf(document)) {
      assert.match(operation.summary, /^[A-Z].*[^.]$/, id);
      for (const { name, description, in: place, example } of parametersOf(document, operation)) {
        assert.match(description, /\w/, `${name} of ${id}`);
        assert.ok(place !== 'path' || example, `${name} of ${id} has an example`);
      }
      const anybody = operation.security.length === 0;
      assert.equal(anybody, id === 'getDescription', id);
    }
  });

  it('contains every route below /api/v1 except the OAuth endpoints', async () => {
    const described = operationsOf(document).map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual((await routesOf(server)).sort(), described.sort());
  });
});

/** Returns the mounted routes of the JSON API, as the description writes them. */
async function routesOf({ database, config }: TestServer): Promise<string[]> {
  const log = createLog('silent');
  const secrets = await cookieKeysOf(config);
  const keyring = await openKeyring({ db: database.db, config, log, secrets });
  const calls = startCallLog(database.db, log);
  const requestCounter = startRequestCounter(database.db, log);
  const clientErrors = startErrorQueue(database.db, log, requestCounter);
  const app = createApp({
    config,
    database,
    log,
    metrics: createMetrics(database, config),
    cookieKeys: secrets,
    keyring,
    operators: operatorAccess({ db: database.db, tokens: { operatorToken: undefined }, calls }),
    clientErrors,
    requestCounter,
    recordFailure: () => undefined,
    findObstacle: async () => undefined,
    demoGuide: () => undefined,
  });
  await Promise.all([keyring.stop(), calls.stop(), clientErrors.stop(), requestCounter.stop()]);
  const routers = app.middleware
    .map((middleware) => ('router' in middleware ? middleware.router : undefined))
    .filter((router) => router instanceof Router);
  return routers
    .flatMap(({ stack }) => stack)
    .filter(({ path }) => /^\/api\/v1\/(?!oauth\/)/.test(String(path)))
    .flatMap(({ path, methods }) =>
      methods
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${templateOf(path)}`),
    );
}

function templateOf(path: string | RegExp): string {
  const template = String(path).replace(/:(\w+)/g, '{$1}');
  return /\.json$|\/me$/.test(template) ? template : `${template}/`;
}
