import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { registerApplication } from '../support/factories.ts';
import { prepared, withPlatform } from '../support/fixture.ts';
import { signedIn, signIn } from '../support/flow.ts';
import { provokeErrors } from '../support/guide/provoke-errors.ts';
import { readCode, readErrors, readIf } from '../support/guide/read-guide.ts';
import { shapeOf } from '../support/guide/shape-of.ts';
import { startServer } from '../support/server.ts';
import { textFor } from '../support/texts.ts';
import { obtainTokens } from '../support/tokens.ts';
import { describe as textOf, UserAgent } from '../support/user-agent.ts';

describe('Developer guide', () => {
  const { server, platform } = withPlatform({
    ACCESS_TOKEN_TTL: '5400',
    REFRESH_TOKEN_TTL: '2592000',
  });

  /** Browser of Ben, who owns the applications of these tests. */

  const ben = prepared(() => signedIn(server, platform.ben));

  async function page(path: string, agent = new UserAgent(server)) {
    const answer = await agent.get(path);
    assert.equal(answer.status, 200, textOf(answer));
    return answer.body;
  }

  it('is public, in both languages, and linked from every page', async () => {
    for (const path of [
      '/docs',
      '/docs/guide',
      '/docs/servers',
      '/docs/examples',
      '/docs/api-services',
    ]) {
      const english = await page(path);
      const german = await page(path, new UserAgent(server, { 'accept-language': 'de' }));
      assert.match(english, /<html lang="en">/);
      assert.match(german, /<html lang="de">/);
      for (const html of [english, german]) {
        const prose = html.replace(/<pre[\s\S]*?<\/pre>/g, '');
        assert.doesNotMatch(
          prose,
          /(guide|services)\.(?!css|[0-9a-f]+\.css)|\{\w+\}|undefined|`|\]\(/,
          'all placeholders are replaced',
        );
      }
    }
    assert.match(await page('/'), /<header[\s\S]*href="\/docs"[\s\S]*<\/header>/);
    assert.match(await page('/'), /<main[\s\S]*href="\/docs"[\s\S]*<\/main>/);
    const services = /href="\/docs\/api-services"/;
    assert.match(
      await page('/docs'),
      new RegExp(`<main[\\s\\S]*${services.source}[\\s\\S]*</main>`),
    );
  });

  it('has one start page, on which links to the guide that was there still lead to its chapters', async () => {
    const start = await page('/docs');
    for (const to of ['guide', 'api', 'changelog', 'api-services', 'agents']) {
      assert.ok(start.includes(`href="/docs/${to}"`), to);
    }
    const guide = await page('/docs/guide');
    const anchors = [...guide.matchAll(/<(?:section|h3) id="([\w-]+)"/g)].map(([, id]) => id);
    assert.ok(anchors.includes('errors') && anchors.includes('reasons'));
    for (const id of anchors) {
      assert.ok(start.includes(` id="${id}"`), id);
    }
  });

  it('can be indexed, in both languages under one address each', async () => {
    for (const path of [
      '/docs',
      '/docs/guide',
      '/docs/api-services',
      '/docs/changelog',
      '/docs/api/tour',
    ]) {
      for (const language of ['en', 'de']) {
        const agent = new UserAgent(server, { 'accept-language': language });
        const html = await page(`${path}?client_id=abc`, agent);
        const address = `${server.issuer}${path}${language === 'de' ? '?ui_locales=de' : ''}`;
        assert.ok(html.includes(`<link rel="canonical" href="${address}">`), address);
        assert.match(html, /<meta name="description" content="[^"<]{20,}">/);
        assert.doesNotMatch(html, /noindex/);
      }
    }
  });

  it('shows the changelog, and says that it is English', async () => {
    const german = await page(
      '/docs/changelog',
      new UserAgent(server, { 'accept-language': 'de' }),
    );
    assert.match(german, /<h2 id="unreleased-operators-title" lang="en">/);
    assert.ok(german.includes(textFor('changelog.english', {}, 'de')));
  });

  it('explains who can register applications on this server', async () => {
    const closed = await startServer({ REGISTRATION: 'closed' });
    try {
      const text = await (await fetch(`${closed.issuer}/docs/guide`)).text();
      const byOperators = readIf('operator-registration');
      const byOwners = readIf('self-registration');
      assert.ok(text.includes(byOperators) && !text.includes(byOwners));
      const open = await page('/docs/guide');
      assert.ok(open.includes(byOwners) && !open.includes(byOperators));
      const reference = await (await fetch(`${closed.issuer}/docs/api?q=oauth`)).text();
      assert.ok(reference.includes('/oauth/introspect') && !reference.includes('/oauth/register'));
    } finally {
      await closed.close();
    }
  });

  it('describes the CORS behaviour of the server correctly', async () => {
    const { clientId } = await registerApplication(server, {
      owner: 'ben',
      clientType: 'public',
      redirectUris: ['https://spa.example.com/callback'],
    });
    const origin = 'https://spa.example.com';
    const allowed = async (path: string, init: RequestInit) => {
      const answer = await fetch(server.issuer + path, { ...init, headers: { origin } });
      return answer.headers.get('access-control-allow-origin');
    };
    const body = new URLSearchParams({ client_id: clientId, token: 'x' });
    for (const endpoint of ['token', 'revoke_token']) {
      assert.equal(await allowed(`/api/v1/oauth/${endpoint}`, { method: 'POST', body }), origin);
    }
    // If this changes, the chapter "Public applications" of the guide has to change, too.
    for (const path of ['/api/v1/me', '/api/v1/organizers/']) {
      assert.equal(await allowed(path, {}), '*');
    }
  });

  it('contains the lifetimes and endpoint URLs of this server', async () => {
    const html = await page('/docs/guide');
    assert.match(html, /<p>[^<]*\b90 minutes\b[^<]*\b30 days\b/);
    assert.match(readCode(html).get('answer-token') ?? '', /"expires_in": 5400/);
    const metadata = z
      .record(z.string(), z.unknown())
      .parse(await (await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)).json());
    for (const [name, value] of Object.entries(metadata)) {
      if (/^(authorization|token|revocation|pushed).*_endpoint$/.test(name)) {
        assert.ok(html.includes(`<code>${value}</code>`), name);
      }
    }
  });

  it('has no duplicate ids and no broken internal links', async () => {
    for (const path of [
      '/docs',
      '/docs/guide',
      '/docs/changelog',
      '/docs/examples',
      '/docs/browser-apps',
      '/docs/native-apps',
      '/docs/servers',
      '/docs/agents',
      '/docs/api-services',
      '/docs/api',
      '/docs/api/applications',
      '/docs/api/organizers-and-teams',
      '/docs/api/tour',
    ]) {
      const html = await page(path);
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.equal(new Set(ids).size, ids.length, 'no duplicate ids');
      for (const [, id] of html.matchAll(/href="#([^"]+)"/g)) {
        assert.ok(ids.includes(id), `${path}#${id}`);
      }
      for (const [, id] of html.matchAll(/data-copy="([^"]+)"/g)) {
        assert.ok(ids.includes(id), `${path}#${id}`);
      }
    }
  });

  it('shows responses with the same fields as the server’s', async () => {
    const examples = readCode(await page('/docs/guide'));
    const { accessToken } = await obtainTokens(server, {
      application: platform.application,
      user: platform.ada,
      scope: 'read profile',
    });
    for (const [id, path] of [
      ['answer-organizers', '/api/v1/organizers/'],
      ['answer-me', '/api/v1/me'],
    ] as const) {
      const headers = { authorization: `Bearer ${accessToken}` };
      const answer: unknown = await (await fetch(server.issuer + path, { headers })).json();
      assert.deepEqual(shapeOf(JSON.parse(examples.get(id) ?? '')), shapeOf(answer));
    }
  });

  it('lists exactly the error codes of each endpoint', async () => {
    const provoked = await provokeErrors(server, platform);
    const tables = readErrors(await page('/docs/guide'));
    assert.deepEqual(
      tables,
      Object.values(provoked).map((codes) => [...codes].sort()),
    );
  });

  it('explains that neither of read and write includes the other', async () => {
    assert.match(await page('/docs/guide'), /Neither includes the other/);
  });

  it('has chapters whose parts form the complete program, in each language', async () => {
    const parts = [...readCode(await page('/docs/guide'))].filter(([id]) =>
      id.startsWith('script-'),
    );
    const programs = readCode(await page('/docs/examples'));
    for (const [key, program] of [
      ['', 'curl'],
      ['-javascript', 'fetch'],
      ['-oauth4webapi', 'oauth4webapi'],
      ['-python', 'python'],
      ['-php', 'php'],
    ] as const) {
      const own = parts.filter(([id]) => new RegExp(`^script-[a-z]+${key}$`).test(id));
      assert.equal(own.length, 7);
      assert.equal(own.map(([, code]) => code).join('\n\n'), programs.get(`program-${program}`));
    }
  });

  it('opens the tab that was chosen last, and shows the code of all tabs without a script', async () => {
    const open = async (path: string, cookie: string) => {
      const html = await page(path, new UserAgent(server, { cookie }));
      return [...html.matchAll(/value="([\w-]+)" autocomplete="off" checked/g)].map(
        ([, key]) => key,
      );
    };
    assert.deepEqual([...new Set(await open('/docs/guide', ''))], ['curl']);
    const chosen = 'stagedoor_samples=fastify.php';
    assert.deepEqual([...new Set(await open('/docs/guide', chosen))], ['php']);
    assert.deepEqual(await open('/docs/api-services', chosen), ['fastify']);
    assert.deepEqual(await open('/docs/api-services', 'stagedoor_samples="><b>'), ['koa']);
  });

  it('colors code by classes, and shows values as text', async () => {
    const { clientId } = await registerApplication(server, {
      owner: 'ben',
      redirectUris: ['https://app.example.com/callback?a=1&b=2'],
    });
    const html = await page(`/docs/examples?client_id=${clientId}`, ben);
    assert.match(html, /<span class="c-string">&#x27;[^<]*callback\?a=1&#38;b=2&#x27;<\/span>/);
    assert.match(html, /<span class="c-comment"># 1\. Send the user/);
    assert.doesNotMatch(html, /hljs|style=/);
  });

  describe('opened with a client id', () => {
    it('uses the id in examples, and keeps it in links to the other page', async () => {
      for (const path of ['', '/guide', '/examples'].map((one) => `/docs${one}?client_id=abc`)) {
        const html = await page(path);
        assert.ok([...readCode(html).values()].some((code) => code.includes("client_id='abc'")));
        assert.match(html, /href="\/docs(\/examples)?\?client_id=abc"/);
      }
    });

    it('shows registered values to the owner only', async () => {
      const { clientId, redirectUri } = await registerApplication(server, {
        owner: 'ben',
        name: 'Seatmap <b>Studio</b>',
        clientType: 'public',
        redirectUris: ['http://127.0.0.1/seatmap'],
        scopes: ['write'],
      });
      const path = `/docs/examples?client_id=${clientId}`;
      const own = await page(path, ben);
      assert.match(own, /Seatmap &#60;b&#62;Studio/);
      const code = readCode(own).get('program-fetch') ?? '';
      assert.ok(code.includes(`const redirectUri = '${redirectUri}'`));
      assert.ok(code.includes("const clientSecret = '';"));
      assert.ok(code.includes("const scope = 'write';"));
      const ada = new UserAgent(server);
      await signIn(ada, await ada.get('/login'), platform.ada);
      for (const stranger of [ada, new UserAgent(server)]) {
        const html = await page(path, stranger);
        assert.doesNotMatch(html, /Seatmap|127\.0\.0\.1\/seatmap/);
        const unknown = await page('/docs/examples?client_id=nobody', stranger);
        assert.equal(
          html.replaceAll(clientId, 'nobody'),
          unknown,
          'the page does not reveal that it exists',
        );
      }
    });

    it('contains no id or URI that could end a quoted string in the code', async () => {
      const { clientId } = await registerApplication(server, {
        owner: 'ben',
        redirectUris: ["https://app.example.com/';id;'"],
      });
      const html = await page(`/docs/examples?client_id=${clientId}`, ben);
      assert.ok(readCode(html).get('program-curl')?.includes("'https://app.example.com/callback'"));
      for (const id of [
        "x';id;'",
        '<script>',
        '{{issuer}}',
        'x'.repeat(65),
        '%00',
        'a&client_id=b',
      ]) {
        const other = await page(`/docs/examples?client_id=${encodeURIComponent(id)}`, ben);
        assert.ok(readCode(other).get('program-curl')?.includes("client_id='YOUR_CLIENT_ID'"), id);
      }
      await page('/docs?client_id=a&client_id=b');
    });
  });
});
