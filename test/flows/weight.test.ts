import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { registerApplication } from '../support/factories.ts';
import { withServer } from '../support/fixture.ts';
import { authorizationUrl, requestOf } from '../support/flow.ts';
import { UserAgent } from '../support/user-agent.ts';

/** Bytes of a page with its style sheets, scripts and pictures, all compressed by gzip. */
const LIMIT = 40 * 1024;
/** Pages whose paths differ in the name of an object only are of one kind. */
const OF_ONE_KIND = 2;

const LINK = /<a\b[^>]*\shref="(\/[^"#?]*)/g;
const ASSET = /(?:href|src)="(\/assets\/[^"]*)"/g;

describe('Weight of pages', () => {
  const server = withServer({ DEMO: '1' });

  for (const language of ['en', 'de']) {
    it(`is at most 40 KB for each page that links lead to (${language})`, async () => {
      const browser = new UserAgent(server, { 'accept-language': language });
      const weights = [await weigh(browser, '/login')];
      // Ada of the demo is user, developer and operator.
      const ada = server.demo?.users.find(({ email }) => email.startsWith('ada@'));
      assert.ok(ada);
      const { email, password } = ada;
      await browser.submit(await browser.get('/login'), { email, password });
      const application = await registerApplication(server, { owner: 'demo-ada' });
      const request = authorizationUrl(server, requestOf(application, { ui_locales: language }));
      const paths = new Set(['/', (await browser.get(request)).url.pathname]);
      const seen = new Map<string, number>();
      for (const path of paths) {
        const kind = path.replace(/[^/]*\d[^/]*/g, '*');
        const count = seen.get(kind) ?? 0;
        if (count < OF_ONE_KIND) {
          seen.set(kind, count + 1);
          const page = await weigh(browser, path);
          weights.push(page);
          for (const link of page.links) {
            paths.add(link);
          }
        }
      }
      assert.ok(weights.length > 40, `${weights.length} pages were found`);
      assert.deepEqual(
        weights.filter(({ bytes }) => bytes > LIMIT).map(({ path, bytes }) => [path, bytes]),
        [],
      );
    });
  }
});

interface Weight {
  readonly path: string;
  readonly bytes: number;
  /** Paths of other pages. */
  readonly links: readonly string[];
}

async function weigh(browser: UserAgent, path: string): Promise<Weight> {
  const { body } = await browser.get(path);
  const bytesOf = async (one: string) => {
    const headers = { 'accept-encoding': 'gzip', 'sec-fetch-site': 'same-origin' };
    return Number((await browser.request(one, { headers })).headers.get('content-length'));
  };
  const assets = new Set(matches(body, ASSET));
  const sizes = await Promise.all([path, ...assets].map(bytesOf));
  return {
    path,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    links: matches(body, LINK),
  };
}

function matches(html: string, pattern: RegExp): string[] {
  return [...html.matchAll(pattern)].map(([, found = '']) => found);
}
