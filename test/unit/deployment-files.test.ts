import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readConfig } from '../../src/config/config.ts';
import { StagedoorError } from '../../src/lib/errors.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
/** Parses the documents of a YAML file, with merge keys as Compose reads them. */
const documents = (file: string): unknown[] =>
  parseAllDocuments(read(file), { merge: true }).map((document) => {
    assert.deepEqual(document.errors, [], file);
    return document.toJS();
  });

/** Variables of `.env.example`, empty ones too. */
const EXAMPLE = Object.fromEntries(
  read('.env.example')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(/=(.*)/s).slice(0, 2)),
) as Record<string, string>;

/** Values for the empty variables. */
const FILLED = {
  DATABASE_URL: 'postgres://stagedoor:x@database:5432/stagedoor',
  COOKIE_KEYS: 'k'.repeat(32),
  OPERATOR_TOKEN: 'o'.repeat(32),
  METRICS_TOKEN: 'm'.repeat(32),
  SMTP_URL: 'smtp://mail.example.com:587',
};

/** Names the variables without which a server in production does not start. */
function missingIn(env: Record<string, string>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    assert.ok(error instanceof StagedoorError);
    return [...error.message.matchAll(/- (\w+) /g)].map(([, name = '']) => name).sort();
  }
}

const container = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  envFrom: z.array(z.unknown()),
  securityContext: z.object({
    readOnlyRootFilesystem: z.literal(true),
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});
const workload = z.object({
  spec: z.object({
    template: z.object({
      spec: z.looseObject({
        securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
        containers: z.tuple([container]),
      }),
    }),
  }),
});
const probe = z.object({ httpGet: z.object({ path: z.string() }) });

describe('Files for deployment', () => {
  test('.env.example names every variable that production requires, and no unknown one', () => {
    const required = missingIn({ NODE_ENV: 'production', ISSUER: 'https://x.example' });
    assert.ok(required.length > 4);
    assert.deepEqual(
      [...required, 'ISSUER'].filter((name) => !(name in EXAMPLE)),
      [],
    );
    const readme = read('README.md');
    assert.deepEqual(
      Object.keys(EXAMPLE).filter(
        (name) =>
          !['NODE_ENV', 'POSTGRES_PASSWORD'].includes(name) && !readme.includes(`\`${name}\``),
      ),
      [],
    );
  });

  test('.env.example starts nothing until its empty values are filled in, and is valid then', () => {
    assert.deepEqual(missingIn(EXAMPLE), ['COOKIE_KEYS', 'DATABASE_URL', 'SMTP_URL']);
    const empty = Object.keys(EXAMPLE).filter((name) => EXAMPLE[name] === '');
    assert.deepEqual(empty.sort(), [...Object.keys(FILLED), 'POSTGRES_PASSWORD'].sort());
    assert.deepEqual(missingIn({ ...EXAMPLE, ...FILLED }), []);
  });

  test('compose.yaml migrates before the server, and writes only the volume of the database', () => {
    // Unquoted, a command with a colon and a blank is read as an object.
    const healthcheck = z.looseObject({ test: z.array(z.string()) });
    const service = z.looseObject({
      command: z.array(z.string()),
      healthcheck: healthcheck.optional(),
      read_only: z.literal(true),
      environment: z.record(z.string(), z.string()),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })),
    });
    const [file] = documents('compose.yaml');
    const { services } = z
      .object({
        services: z.object({
          migrate: service,
          server: service,
          database: z.object({ healthcheck }),
        }),
      })
      .parse(file);
    assert.deepEqual(services.server.depends_on, {
      migrate: { condition: 'service_completed_successfully' },
    });
    assert.deepEqual(missingIn({ ...EXAMPLE, ...FILLED, ...services.server.environment }), []);
    assert.ok(services.server.environment.DATABASE_URL?.includes('database:5432'));
    assert.match(
      read('Dockerfile'),
      new RegExp(
        `CMD ${JSON.stringify(services.server.command).replace(',', ', ').replaceAll(/[[\]]/g, '\\$&')}`,
      ),
    );
    assert.equal('volumes' in services.server, false);
  });

  test('Kubernetes manifests have the settings, probes of paths that exist, and no root', () => {
    const [configuration] = documents('deploy/kubernetes/configuration.yaml');
    const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(configuration);
    assert.deepEqual(missingIn({ ...data, ...FILLED }), []);
    assert.deepEqual(
      Object.keys(FILLED).filter(
        (name) => !read('deploy/kubernetes/configuration.yaml').includes(name),
      ),
      [],
    );
    const [job] = documents('deploy/kubernetes/migrate.yaml').map((one) => workload.parse(one));
    const [server] = documents('deploy/kubernetes/server.yaml')
      .slice(0, 1)
      .map((one) => workload.parse(one));
    const [serving] = server?.spec.template.spec.containers ?? [];
    assert.equal(serving?.image, job?.spec.template.spec.containers[0].image);
    const paths = ['startupProbe', 'livenessProbe', 'readinessProbe'].map(
      (name) => probe.parse(serving?.[name]).httpGet.path,
    );
    assert.deepEqual(paths, ['/healthz', '/healthz', '/readyz']);
    const health = read('src/operations/health.ts');
    assert.deepEqual(
      paths.filter((path) => !health.includes(`'${path}'`)),
      [],
    );
  });

  test('the image has the Node.js version of the tests, and no root', () => {
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(read('node_modules/node/package.json')));
    const dockerfile = read('Dockerfile');
    assert.match(dockerfile, new RegExp(`^ARG NODE=${version.replaceAll('.', '[.]')}-`, 'm'));
    assert.match(dockerfile, /^USER 1000:1000$/m);
  });
});
