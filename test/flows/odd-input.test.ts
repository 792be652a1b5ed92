import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { newestGrant } from '../support/authorizations.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorizationUrl, challengeOf, signIn } from '../support/flow.ts';
import { type Call, call } from '../support/openapi/call.ts';
import {
  bodySchemaOf,
  type Documented,
  fetchDocument,
  operationsOf,
  parametersOf,
} from '../support/openapi/operations.ts';
import { WALKERS } from '../support/openapi/walkers.ts';
import { createWorld, type World } from '../support/openapi/world.ts';
import { obtainTokens } from '../support/tokens.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

/** Values as encoded in a URL or form: NUL, lone surrogates, invalid UTF-8, very long ones. */
const ENCODED = [
  '%00',
  '%00a@b.example',
  '%ED%A0%80',
  '%FF%FE',
  '%',
  'a%0D%0Ab',
  '9'.repeat(40),
  'x'.repeat(5000),
];
/** Values in JSON. */
const VALUES: readonly unknown[] = [
  '\0',
  '\ud800',
  'a\0@b.example',
  'x'.repeat(20_000),
  '__proto__',
  -1,
  null,
  [],
  {},
  ['\0', '\ud800'],
  { '\0': '\ud800', __proto__x: '' },
];

const { server, platform } = withPlatform({ LOG_LEVEL: 'silent' });
let world: World;
let agent: UserAgent;
let grantId: string;
let defects: string[];

before(async () => {
  world = createWorld(server, platform);
  const { application, ben } = platform;
  agent = new UserAgent(server);
  await obtainTokens(server, { application, user: ben, agent });
  grantId = await newestGrant(server, application.clientId);
});

function note(status: number, what: string): void {
  if (status >= 500) {
    defects.push(`${status} ${what.slice(0, 200)}`);
  }
}

/** Returns a call that would succeed. */
async function good({ id, operation }: Documented): Promise<Call> {
  const [status = 200] = Object.keys(operation.responses).map(Number);
  const made = await WALKERS[id]?.[status]?.(world);
  const [first = {}] = Array.isArray(made) ? made : [made];
  const isOperator = operation.security.some(({ operatorToken }) => operatorToken);
  const authorization = `Token ${server.operatorToken}`;
  return isOperator ? { authorization, ...first } : first;
}

async function sweepUrl(one: Documented, names: readonly string[], made: Call): Promise<void> {
  const inPath = [...one.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  for (const odd of ENCODED) {
    for (const name of names) {
      const isPath = inPath.includes(name);
      const path = (whole: string) =>
        isPath
          ? whole.replace(`/${encodeURIComponent(made.params?.[name] ?? '')}/`, `/${odd}/`)
          : `${whole}${whole.includes('?') ? '&' : '?'}${name}=${odd}`;
      const { status } = await call(server, one, made, { path });
      note(status, `${one.method} ${one.path} ${name}=${odd}`);
      // A PUT may create the object, which then exists for the other calls.
      if (isPath && !one.id.startsWith('put') && !odd.startsWith('9')) {
        assert.ok([400, 404].includes(status), `${one.id} ${name}=${odd.slice(0, 50)}: ${status}`);
      }
    }
  }
}

/** Opens pages, with each odd value in the place of `ODD`. */
async function sweepPages(paths: readonly string[], visitor = agent): Promise<void> {
  for (const path of paths) {
    for (const odd of ENCODED) {
      const target = server.issuer + path.replace('ODD', odd);
      const { status } = await visitor.request(target, {}).catch((error) => {
        // fetch can't follow a redirect to an application: not a server error.
        return { status: error instanceof TypeError ? 0 : 500 };
      });
      note(status, `GET ${path} ${odd}`);
    }
  }
}

/**
 * Sends each form of a page once per field and odd value; the form of the footer only from the
 * profile.
 */
async function sweepForms(visitor: UserAgent, open: () => Promise<Page>): Promise<void> {
  const page = await open();
  assert.equal(page.status, 200, String(page.url));
  const own = page.forms.filter(
    ({ method, action }) =>
      method === 'post' &&
      (action !== '/account/language' || page.url.pathname === '/account/profile'),
  );
  for (const form of own) {
    const fields = form.fields.filter(({ name }) => name !== '' && name !== 'csrf');
    for (const field of new Set(fields.map(({ name }) => name))) {
      for (const odd of ENCODED) {
        const body = form.fields
          .filter(({ name }) => name !== field)
          .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
        const { status } = await visitor.request(new URL(form.action ?? page.url, page.url), {
          method: 'POST',
          body: [...body, `${encodeURIComponent(field)}=${odd}`].join('&'),
          headers: {
            origin: server.issuer,
            'content-type': 'application/x-www-form-urlencoded',
          },
        });
        note(status, `POST ${page.url.pathname} ${form.action} ${field}=${odd}`);
      }
    }
  }
}

describe('Odd input never causes a server error', () => {
  test('in a path or query of the management API', async () => {
    defects = [];
    const document = await fetchDocument(server);
    for (const one of operationsOf(document)) {
      const names = parametersOf(document, one.operation)
        .filter((parameter) => parameter.in !== 'header')
        .map(({ name }) => name);
      await sweepUrl(one, names, await good(one));
    }
    assert.deepEqual(defects, []);
  });

  test('in a field of a body of the management API', async () => {
    defects = [];
    const document = await fetchDocument(server);
    for (const one of operationsOf(document)) {
      const schema = bodySchemaOf(document, one.operation);
      const fields = Object.keys(schema?.properties ?? {});
      const made = fields.length > 0 ? await good(one) : {};
      for (const field of fields) {
        for (const odd of VALUES) {
          const body = { ...Object(made.body), [field]: odd };
          const { status } = await call(server, one, { ...made, body });
          note(status, `${one.method} ${one.path} ${field}=${JSON.stringify(odd)}`);
        }
      }
      for (const odd of fields.length > 0 ? VALUES : []) {
        const { status } = await call(server, one, made, { raw: JSON.stringify(odd) });
        note(status, `${one.method} ${one.path} ${JSON.stringify(odd)}`);
      }
    }
    assert.deepEqual(defects, []);
  });

  test('in an import', async () => {
    defects = [];
    const kinds = {
      user: { id: 'x', email: 'x@example.com', full_name: '', locale: '', timezone: 'UTC' },
      organizer: { slug: 'x', name: 'x' },
      team: { organizer: 'redstage', id: 'x', name: '', permissions: [], members: [] },
    };
    const lines = Object.entries(kinds).flatMap(([kind, good]) =>
      Object.keys(good).flatMap((field) =>
        VALUES.map((odd) => ({ [kind]: { ...good, [field]: odd } })),
      ),
    );
    const { status, text } = await call(
      server,
      { method: 'POST', path: '/api/v1/directory/bulk/' },
      { lines, authorization: `Token ${server.operatorToken}` },
    );
    note(status, 'import');
    assert.match(text, /"done":true/);
    assert.deepEqual(defects, []);
  });

  test('in the URL of a page', async () => {
    defects = [];
    const { clientId } = platform.application;
    const app = `/account/applications/${clientId}`;
    await sweepPages([
      '/ODD',
      '/docs/ODD',
      '/interaction/ODD',
      '/login/callback?state=ODD&code=ODD',
      '/account/activity?cursor=ODD',
      '/account/activity?from=ODD&to=ODD',
      '/account/activity?organizer=ODD&single=ODD',
      '/account/activity?kind=ODD',
      '/account/activity?application=ODD',
      '/account/authorizations?page=ODD',
      '/account/authorizations?notice=ODD',
      '/account/authorizations/ODD/revoke',
      '/account/authorizations/ODD/change',
      '/account/authorizations/applications/ODD/revoke',
      '/account/sessions?notice=ODD',
      '/account/profile?notice=ODD',
      '/account/applications?page=ODD',
      '/account/applications/ODD',
      '/account/applications/ODD/edit',
      '/account/applications/ODD/transfer',
      `${app}?notice=ODD`,
      `${app}/ODD`,
      `${app}/start?ODD=ODD`,
      `${app}/secrets/ODD/delete`,
      `${app}/errors?page=ODD`,
      `${app}/errors?endpoint=ODD`,
      `${app}/check?url=ODD`,
      `${app}/statistics?ODD=ODD`,
      '/account/applications/transfers/ODD/accept',
      '/account/applications/ODD/check',
      '/account/applications/ODD/errors',
      '/account/activity.json?from=ODD&kind=ODD',
      '/account/sessions/ODD',
      '/login?return_to=ODD',
    ]);
    assert.deepEqual(defects, []);
  });

  test('in a form of a page', async () => {
    defects = [];
    const app = `/account/applications/${platform.application.clientId}`;
    for (const path of [
      '/account/profile',
      '/account/password',
      '/account/sessions',
      '/account/applications/new',
      `${app}/edit`,
      `${app}/secrets/new`,
      `${app}/keys/new`,
      `${app}/transfer`,
      `${app}/check`,
      `/account/authorizations/${grantId}/change`,
    ]) {
      await sweepForms(agent, () => agent.get(path));
    }
    const stranger = new UserAgent(server);
    await sweepForms(stranger, () => stranger.get('/login'));
    assert.deepEqual(defects, []);
  });

  const request = () => ({
    response_type: 'code',
    client_id: platform.application.clientId,
    redirect_uri: platform.application.redirectUri,
    code_challenge: challengeOf('v'.repeat(43)),
    code_challenge_method: 'S256',
  });

  test('on the consent page', async () => {
    defects = [];
    const person = new UserAgent(server);
    await signIn(person, await person.get('/login'), platform.ada);
    const url = authorizationUrl(server, { ...request(), prompt: 'consent' });
    const page = await person.get(url);
    const form = page.forms.find(({ fields }) => fields.some(({ name }) => name === 'decision'));
    assert.ok(form !== undefined);
    await sweepForms(person, async () => page);
    assert.deepEqual(defects, []);
  });

  test('in a parameter of an OAuth endpoint', async () => {
    defects = [];
    const { clientId, clientSecret = '' } = platform.application;
    const basic = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;
    const parameters = [
      ...Object.keys(request()),
      ...['scope', 'state', 'nonce', 'prompt', 'max_age', 'ui_locales', 'login_hint', 'resource'],
      ...['request_uri', 'request', 'response_mode', 'claims', 'id_token_hint', 'acr_values'],
    ];
    const others = (name: string) =>
      new URLSearchParams(Object.entries(request()).filter(([key]) => key !== name)).toString();
    await sweepPages(
      parameters.map((name) => `/api/v1/oauth/authorize?${others(name)}&${name}=ODD`),
      new UserAgent(server),
    );
    const tokenParameters = [
      'grant_type',
      'code',
      'redirect_uri',
      'code_verifier',
      'refresh_token',
    ];
    const bodies = [
      ...parameters.map((name) => ['par', others(name), name] as const),
      ...tokenParameters.flatMap((name) => [
        ['token', 'grant_type=authorization_code&code=x', name] as const,
        ['token', 'grant_type=refresh_token', name] as const,
      ]),
      ...['token', 'token_type_hint', 'client_id', 'client_secret'].flatMap((name) => [
        ['revoke_token', '', name] as const,
        ['introspect', '', name] as const,
      ]),
    ];
    for (const [endpoint, rest, name] of bodies) {
      for (const odd of ENCODED) {
        const { status } = await fetch(`${server.issuer}/api/v1/oauth/${endpoint}`, {
          method: 'POST',
          body: `${rest}&${name}=${odd}`,
          headers: {
            authorization: basic,
            'content-type': 'application/x-www-form-urlencoded',
          },
        });
        note(status, `${endpoint} ${name}=${odd}`);
      }
    }
    assert.deepEqual(defects, []);
  });

  test('in a header', async () => {
    defects = [];
    const headers = [
      ['authorization', 'Bearer \u00ff'],
      ['authorization', 'Basic AP8A/w=='],
      ['authorization', `Token ${'x'.repeat(4000)}`],
      ['cookie', 'stagedoor_session=%00; stagedoor_csrf=%ED%A0%80; __Host-stagedoor_device=\u00ff'],
      ['accept-language', '\u00ff;q=9'],
      ['idempotency-key', '\u00ff'],
      ['if-modified-since', '\u00ff'],
      ['dpop', 'a.b.c'],
      ['content-type', '\u00ff/;charset=\u00ff'],
      ['user-agent', `\u00ff${'x'.repeat(4000)}`],
      ['x-forwarded-for', '\u00ff'],
    ] as const;
    for (const [name, value] of headers) {
      for (const [method, path] of [
        ['GET', '/login'],
        ['POST', '/login'],
        ['GET', '/api/v1/users/'],
        ['POST', '/api/v1/applications/'],
        ['GET', '/api/v1/me'],
        ['POST', '/api/v1/oauth/token'],
        ['POST', '/api/v1/oauth/introspect'],
      ] as const) {
        const authorization = `Token ${server.operatorToken}`;
        const all = { authorization, [name]: value };
        const { status } = await fetch(server.issuer + path, { method, headers: all });
        note(status, `${method} ${path} ${name}: ${value}`);
      }
    }
    assert.deepEqual(defects, []);
  });
});
