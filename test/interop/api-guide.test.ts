import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { z } from 'zod';
import type { OpenApiDocument } from '../../src/api/openapi.ts';
import { RIGHTS } from '../../src/api/operator.ts';
import { applicationKey } from '../../src/applications/key-routes.ts';
import { EXAMPLES as APPLICATION_EXAMPLES } from '../../src/applications/wire-examples.ts';
import { escapeHtml } from '../../src/lib/html.ts';
import { EXAMPLES } from '../../src/resource-servers/wire.ts';
import { putOrganizer, putTeam, putUser } from '../support/factories.ts';
import { withPlatform } from '../support/fixture.ts';
import { decide, signIn } from '../support/flow.ts';
import { readCode } from '../support/guide/read-guide.ts';
import {
  type Documented,
  fetchDocument,
  operationsOf,
  parametersOf,
} from '../support/openapi/operations.ts';
import { createWorld, type World } from '../support/openapi/world.ts';
import { UserAgent } from '../support/user-agent.ts';

const called = z.object({ token: z.string(), method: z.string(), path: z.string() });

describe('API reference', () => {
  const { server, platform } = withPlatform();
  let world: World;
  let document: OpenApiDocument;
  before(async () => {
    world = createWorld(server, platform);
    document = await fetchDocument(server);
  });

  const page = async (path: string, language = 'en') => {
    const response = await fetch(server.issuer + path, {
      headers: { 'accept-language': language },
    });
    assert.equal(response.status, 200);
    return response.text();
  };

  const sectionOf = ({ operation }: Documented) =>
    `/docs/api/${(operation.tags[0] ?? '').toLowerCase().replaceAll(' ', '-')}`;

  it('contains every operation with an anchor on the page of its section, in both languages', async () => {
    const operations = operationsOf(document);
    for (const language of ['en', 'de']) {
      const overview = await page('/docs/api', language);
      for (const one of operations) {
        const html = await page(sectionOf(one), language);
        const summary = escapeHtml(one.operation.summary);
        assert.ok(html.includes(`<h2 id="${one.id}" lang="en">${summary}</h2>`), one.id);
        assert.ok(html.includes(`<strong>${one.method}</strong> ${one.path}</code>`), one.id);
        assert.ok(html.includes(`<a href="${sectionOf(one)}" lang="en" aria-current="page">`));
        assert.ok(
          overview.includes(`<li id="${one.id}"><a href="${sectionOf(one)}#${one.id}"`),
          'an old link to an operation leads to the link to it',
        );
        assert.doesNotMatch(
          (html + overview).replace(/<pre[\s\S]*?<\/pre>/g, ''),
          /undefined|\[object|apidocs\./,
        );
      }
    }
    assert.equal((await fetch(`${server.issuer}/docs/api/nothing`)).status, 404);
  });

  it('finds operations and objects that contain all words', async () => {
    const find = async (q: string) => {
      const html = await page(`/docs/api?${new URLSearchParams({ q })}`);
      const [, main = ''] = html.split('<div class="chapters">');
      assert.match(html, /<meta name="robots" content="noindex">/);
      return [...main.matchAll(/href="\/docs\/api\/([^"]+)"/g)].map(([, to]) => to);
    };
    assert.deepEqual(await find('Delete  SECRETS/{ID}'), [
      'resource-servers#deleteResourceServerSecret',
    ]);
    const [first] = await find('revoke');
    assert.equal(first, 'grants#revokeGrant', 'those named so come first');
    const oauth = await page('/docs/api?q=introspect');
    assert.match(oauth, /href="\/docs\/api-services#introspection"/);
    assert.ok((await find('limit_events')).includes('organizers-and-teams#object-Team'));
    assert.deepEqual(await find('<script>&'), []);
    assert.deepEqual(await find('x'.repeat(5000)), []);
  });

  it('is linked, and loads no external resources', async () => {
    assert.match(await page('/'), /<main[\s\S]*href="\/docs\/api"[\s\S]*<\/main>/);
    assert.match(await page('/docs'), /<main[\s\S]*href="\/docs\/api"[\s\S]*<\/main>/);
    assert.match(await page('/docs/api-services'), /<main[\s\S]*href="\/docs\/api"[\s\S]*<\/main>/);
    for (const path of ['/docs/api', '/docs/api/tour']) {
      const loads = [
        ...(await page(path)).matchAll(/(?:src|<link rel="(?:icon|stylesheet)" href)="([^"]*)"/g),
      ];
      assert.ok(loads.length > 0);
      assert.ok(loads.every(([, url]) => url?.startsWith('/assets/')));
    }
  });

  it('has a working example for each operation', async () => {
    for (const one of operationsOf(document)) {
      const code = readCode(await page(sectionOf(one)));
      const example = await filledIn(one, code.get(`${one.id}-curl`) ?? '');
      const ran = await runBash(example, { OPERATOR_TOKEN: server.operatorToken });
      assert.equal(ran.code, 0, `${one.id}: ${ran.stdout}${ran.stderr}`);
    }
  });

  it('has a tour of every operation of the management API, with its real responses', async () => {
    const code = readCode(await page('/docs/api/tour', 'de'));
    const parts = [...code].filter(([id]) => id.startsWith('script-')).map(([, part]) => part);
    await restore();
    await world.grant();
    const before = await rowsOfOthers();
    const { id, authorization } = await world.operatorToken(...RIGHTS);
    const script = parts.map((part, step) => `echo @${step}\n${part}`).join('\n\n');
    const variables = { OPERATOR_TOKEN: authorization.replace('Token ', '') };
    const { stdout, stderr } = await runBash(script, variables, async (line) => {
      if (line.startsWith(`${server.issuer}/api/v1/oauth/authorize?`)) {
        await allowTour(new URL(line));
      }
    });
    assert.equal(stderr, '');
    assert.deepEqual(await rowsOfOthers(), before, 'data that the tour did not make');
    const answers = stdout.split(/^@\d+\n/m).slice(1);
    await keep(answers);
    for (const [step, answer] of answers.entries()) {
      const shown = code.get(`answer-step-${step}`) ?? '';
      assert.equal(likeEveryRun(answer), likeEveryRun(shown), `step ${step}`);
    }
    assert.deepEqual(await callsWith(id), await operatorCalls());
  });

  /** Returns the example of an operation with existing ids instead of those shown. */
  async function filledIn({ id, operation }: Documented, example: string): Promise<string> {
    await restore();
    const shown = parametersOf(document, operation).find(({ in: place }) => place === 'path');
    const [tag = ''] = operation.tags;
    if (id === 'deleteResourceServerSecret') {
      const secret = await world.resourceServerSecret();
      return example
        .replace(EXAMPLES.resourceServer.client_id, secret.client_id)
        .replace(EXAMPLES.serverSecret.id, secret.id);
    }
    if (id === 'deleteApplicationKey') {
      const key = await world.applicationKey();
      return example
        .replace(APPLICATION_EXAMPLES.application.client_id, key.client_id)
        .replace(applicationKey.example.id, key.id);
    }
    const real: Record<string, () => Promise<string>> = {
      Applications: async () => (await world.application()).client_id,
      'Resource servers': async () => (await world.resourceServer()).client_id,
      Grants: async () => (await world.grant()).id,
      'Operator tokens': async () => (await world.operatorToken('read')).id,
    };
    const scopes: Record<string, string> = { getMe: 'profile', listOpenOrganizers: 'read' };
    const scope = scopes[id];
    const access = scope === undefined ? '' : await world.access(scope);
    const filled = example.replace('Bearer $ACCESS_TOKEN', access);
    const make = real[tag];
    return shown?.example === undefined || make === undefined || id.endsWith('lockHost')
      ? filled
      : filled.replace(shown.example, await make());
  }

  /** Creates Ada with her teams and the objects of the examples; some examples delete them. */
  async function restore(): Promise<void> {
    await putUser(server, { id: 'ada' });
    await putTeam(server, { organizer: 'redstage', members: ['ada'] });
    await putOrganizer(server, 'oldmill');
    await putTeam(server, { organizer: 'oldmill', id: 'box-office', members: ['ada'] });
  }

  /** Allows access as the user of the tour. */
  async function allowTour(url: URL): Promise<void> {
    const agent = new UserAgent(server);
    const email = url.searchParams.get('login_hint') ?? '';
    const login = await agent.get(url);
    const user = { id: '', email, password: 'a long one' };
    await decide(agent, await signIn(agent, login, user));
  }

  /** Returns what the tour could change or delete, besides operator tokens and the log. */
  async function rowsOfOthers() {
    const { db } = server.database;
    const tables = ['users', 'organizers', 'teams', 'applications', 'grants', 'resource_servers'];
    return Promise.all(
      tables.map(async (table) => [
        table,
        (await sql`select * from ${sql.table(table)} order by 1, 2`.execute(db)).rows,
      ]),
    );
  }

  /**
   * Writes the responses of the tour to the file TOUR_ANSWERS, for developers who change the tour.
   */
  async function keep(answers: readonly string[]): Promise<void> {
    const file = process.env.TOUR_ANSWERS;
    if (file !== undefined) {
      const steps = answers.slice(1).map((answer, step) => `# ${step + 1}. \n${answer}`);
      await writeFile(file, steps.join('\n').replaceAll(server.issuer, '{{issuer}}'));
    }
  }

  /** Returns the logged calls with an operator token. */
  async function callsWith(id: string): Promise<string[]> {
    const rows = await server.database.db.selectFrom('audit_events').select('data').execute();
    const calls = rows.flatMap(({ data }) => called.safeParse(data).data ?? []);
    const own = calls.filter(({ token }) => token === id);
    return [...new Set(own.map(({ method, path }) => `${method} ${path}`))].sort();
  }

  async function operatorCalls(): Promise<string[]> {
    return operationsOf(document)
      .filter(({ operation }) => operation.security.some((one) => 'operatorToken' in one))
      .map(({ method, path }) => `${method} ${path}`)
      .sort();
  }
});

/**
 * Runs a script that may fail.
 * @param onLine is called with each line of the output
 */
async function runBash(
  script: string,
  variables: Readonly<Record<string, string>>,
  onLine?: (line: string) => Promise<void>,
) {
  const env = { PATH: process.env.PATH ?? '', ...variables };
  const child = spawn('bash', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    readLines(child.stdout, onLine),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, code };
}

async function readLines(
  stream: Readable,
  onLine: (line: string) => Promise<void> = async () => {},
): Promise<string> {
  let read = '';
  for await (const line of createInterface({ input: stream })) {
    read += `${line}\n`;
    await onLine(line);
  }
  return read;
}

/** Replaces values that differ in each run. */
function likeEveryRun(answer: string): string {
  return answer
    .trim()
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/sd[so]_[^"]+/g, 'SECRET')
    .replace(/"(\w+)":"(?:[A-Za-z0-9_-]{20,}|[0-9a-f-]{36})"/g, '"$1":"ID"')
    .replace(/"parent":(?:null|"ID")/g, '"parent":"…"')
    .replace(/tour-[0-9a-f]{8}/g, 'tour-…')
    .replace(/(client_id|cursor)=[\w-]+/g, '$1=ID')
    .replace(/"id":"\d+"/g, '"id":"ID"')
    .replace(/"(last_four|created_by|actor|ip)":"[^"]{4,}"/g, '"$1":"…"');
}
