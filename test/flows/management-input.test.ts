import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ManagementServer, startManagementServer } from '../support/management-server.ts';
import { callManagement, manage } from '../support/platform.ts';
import { textFor } from '../support/texts.ts';

let server: ManagementServer;
before(async () => {
  server = await startManagementServer();
  await manage(server, 'PUT', '/api/v1/users/ada/', { email: 'ada@example.com' });
  await manage(server, 'PUT', '/api/v1/directory/organizers/red/', { name: 'Red' });
});
after(() => server.close());

const USER = '/users/ben/';
const ORGANIZER = '/directory/organizers/blue/';
const TEAM = '/directory/organizers/red/teams/staff/';
const APPLICATIONS = '/applications/';
const RESOURCE_SERVERS = '/resource-servers/';

const ben = { email: 'ben@example.com' };
const app = { name: 'App', redirect_uris: ['https://app.example.com/'] };
const REQUIRED = 'This field is required.';
const BLANK = 'This field may not be blank.';
const NULL = 'This field may not be null.';
const STRING = 'Not a valid string.';
const BOOLEAN = 'Must be a valid boolean.';
const LIST = 'Expected a list of items.';
const CONTROL = 'Control characters and broken Unicode are not allowed.';
const LONG = 'Ensure this field has no more than 255 characters.';
const EMAIL = 'Enter a valid email address.';
const LINK = 'Enter a URL that begins with https:// or http://.';
const INVISIBLE =
  'Invisible characters and characters that change the reading direction are not allowed.';
const EVENT = 'Not the slug of an event.';
const EVENTS_OF_ALL = 'Set all_events to false to list events.';
const LOCALE = 'Not a language tag such as "en" or "pt-BR".';
const TIMEZONE = 'Not the name of an IANA time zone such as "Europe/Berlin".';

type Row = [path: string, body: object, errors: Record<string, string[]>];
const ROWS: Row[] = [
  // Users
  [USER, {}, { email: [REQUIRED] }],
  [USER, { email: null }, { email: [NULL] }],
  [USER, { email: 1 }, { email: [STRING] }],
  [USER, { email: ' ' }, { email: [BLANK] }],
  [USER, { email: 'ben' }, { email: [EMAIL] }],
  [USER, { email: 'ben@' }, { email: [EMAIL] }],
  [USER, { email: 'a b@example.com' }, { email: [EMAIL] }],
  [USER, { email: 'ben@example.com, ada@example.com' }, { email: [EMAIL] }],
  [USER, { email: 'ben@example..com' }, { email: [EMAIL] }],
  [USER, { email: 'ben@example.com\nBcc: x@example.com' }, { email: [CONTROL, EMAIL] }],
  [USER, { email: 'b\0en@example.com' }, { email: [CONTROL, EMAIL] }],
  [USER, { email: 'b\ud800en@example.com' }, { email: [CONTROL, EMAIL] }],
  [
    USER,
    { email: `ben@${'x'.repeat(251)}` },
    { email: ['Ensure this field has no more than 254 characters.'] },
  ],
  [USER, { email: 'ADA@example.COM' }, { email: ['This e-mail address is already in use.'] }],
  [USER, { ...ben, full_name: 'x'.repeat(256) }, { full_name: [LONG] }],
  [USER, { ...ben, full_name: 'B\0en' }, { full_name: [CONTROL] }],
  [USER, { ...ben, full_name: null }, { full_name: [NULL] }],
  [USER, { ...ben, full_name: ['Ben'] }, { full_name: [STRING] }],
  [USER, { ...ben, locale: 'english please' }, { locale: [LOCALE] }],
  [USER, { ...ben, locale: 'de_DE' }, { locale: [LOCALE] }],
  [USER, { ...ben, locale: 5 }, { locale: [STRING] }],
  [USER, { ...ben, timezone: 'Mars/Olympus' }, { timezone: [TIMEZONE] }],
  [USER, { ...ben, timezone: '+01:00' }, { timezone: [TIMEZONE] }],
  [USER, { ...ben, timezone: 'U\0TC' }, { timezone: [CONTROL, TIMEZONE] }],
  [USER, { ...ben, is_active: 'true' }, { is_active: [BOOLEAN] }],
  [USER, { ...ben, is_active: null }, { is_active: [NULL] }],
  [USER, { ...ben, password: '' }, { password: [BLANK] }],
  [USER, { ...ben, password: 1234 }, { password: [STRING] }],
  [USER, { ...ben, password: 'a\0b' }, { password: [CONTROL] }],
  [
    USER,
    { ...ben, password: 'ß'.repeat(513) },
    { password: ['Ensure this field has no more than 1024 bytes.'] },
  ],
  [
    USER,
    { email: 'x', locale: '!', is_active: 1 },
    { email: [EMAIL], locale: [LOCALE], is_active: [BOOLEAN] },
  ],
  ['/users/a%20b/', ben, { id: ['An id is 1 to 64 of A-Z a-z 0-9 . _ -'] }],
  ['/users/%00/', ben, { id: ['An id is 1 to 64 of A-Z a-z 0-9 . _ -'] }],
  [`/users/${'x'.repeat(65)}/`, ben, { id: ['An id is 1 to 64 of A-Z a-z 0-9 . _ -'] }],
  // Organizers
  [ORGANIZER, {}, { name: [REQUIRED] }],
  [ORGANIZER, { name: null }, { name: [NULL] }],
  [ORGANIZER, { name: 1 }, { name: ['Not a valid value.'] }],
  [ORGANIZER, { name: ['Blue'] }, { name: ['Not a valid value.'] }],
  [ORGANIZER, { name: '' }, { name: [BLANK] }],
  [ORGANIZER, { name: {} }, { name: [BLANK] }],
  [ORGANIZER, { name: { en: ' ' } }, { name: [BLANK] }],
  [ORGANIZER, { name: { en: 1 } }, { name: ['Not a valid value.'] }],
  [ORGANIZER, { name: 'x'.repeat(256) }, { name: [LONG] }],
  [ORGANIZER, { name: { en: 'Blue', de: 'x'.repeat(256) } }, { name: [`de: ${LONG}`] }],
  [ORGANIZER, { name: { en: 'Blue', de: 'B\0lau' } }, { name: [`de: ${CONTROL}`] }],
  [
    ORGANIZER,
    { name: { 'in english': 'Blue' } },
    { name: ['"in english" is not a language tag such as "en" or "pt-BR".'] },
  ],
  [
    ORGANIZER,
    { name: { 'e\0': 'Blue' } },
    { name: ['"e\\u0000" is not a language tag such as "en" or "pt-BR".'] },
  ],
  [
    '/directory/organizers/-x/',
    { name: 'X' },
    { slug: ['A slug is 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit.'] },
  ],
  // Teams
  [TEAM, { name: 1 }, { name: [STRING] }],
  [TEAM, { name: 'a\0' }, { name: [CONTROL] }],
  [TEAM, { permissions: 'can_view_orders' }, { permissions: [LIST] }],
  [
    TEAM,
    { permissions: ['can_view_orders', 'can_fly', 'can_fly', '\0'] },
    {
      permissions: ['"can_fly" is not a valid choice.', '"\\u0000" is not a valid choice.'],
    },
  ],
  [TEAM, { permissions: [1] }, { permissions: [`0: ${STRING}`] }],
  [TEAM, { all_events: 'false' }, { all_events: [BOOLEAN] }],
  [TEAM, { all_events: null }, { all_events: [NULL] }],
  [TEAM, { limit_events: 'fair' }, { limit_events: [LIST] }],
  [TEAM, { limit_events: ['fair'] }, { limit_events: [EVENTS_OF_ALL] }],
  [TEAM, { all_events: true, limit_events: ['fair'] }, { limit_events: [EVENTS_OF_ALL] }],
  [
    TEAM,
    { all_events: false, limit_events: ['fair', 'a b', '', 1, 'x'.repeat(65), 'a/b', '\0', 'ö'] },
    {
      limit_events: [
        `1: ${EVENT}`,
        `2: ${EVENT}`,
        `3: ${STRING}`,
        ...[4, 5, 6, 7].map((n) => `${n}: ${EVENT}`),
      ],
    },
  ],
  [
    TEAM,
    { all_events: false, limit_events: Array.from({ length: 1001 }, (_, n) => `e${n}`) },
    { limit_events: ['Ensure this field has no more than 1000 elements.'] },
  ],
  [TEAM, { members: null }, { members: [NULL] }],
  [TEAM, { members: { 0: 'ada' } }, { members: [LIST] }],
  [TEAM, { members: ['ada', null] }, { members: ['1: This field may not be null.'] }],
  [TEAM, { members: ['ada', '\0'] }, { members: ['1: Not a user ID.'] }],
  [
    TEAM,
    { members: ['ada', 'nobody', 'noone'] },
    { members: ['There is no user "nobody".', 'There is no user "noone".'] },
  ],
  ['/directory/organizers/red/teams/a%20b/', {}, { id: ['An id is 1 to 64 of A-Z a-z 0-9 . _ -'] }],
  // Applications
  [APPLICATIONS, {}, { name: [REQUIRED], redirect_uris: [REQUIRED] }],
  [APPLICATIONS, { ...app, name: '\t ' }, { name: [BLANK] }],
  [APPLICATIONS, { ...app, name: 'x'.repeat(256) }, { name: [LONG] }],
  [APPLICATIONS, { ...app, name: 'A\0pp' }, { name: [CONTROL] }],
  [APPLICATIONS, { ...app, name: 'A\u202epp' }, { name: [INVISIBLE] }],
  [APPLICATIONS, { ...app, name: '\u2066App' }, { name: [INVISIBLE] }],
  [APPLICATIONS, { ...app, name: '\u200b' }, { name: [INVISIBLE] }],
  [APPLICATIONS, { ...app, name: 'A\u2028B' }, { name: [INVISIBLE] }],
  [
    APPLICATIONS,
    { ...app, description: 'x'.repeat(2001) },
    { description: ['Ensure this field has no more than 2000 characters.'] },
  ],
  [APPLICATIONS, { ...app, description: 'a\u0007' }, { description: [CONTROL] }],
  [APPLICATIONS, { ...app, description: 'a\ud83d' }, { description: [CONTROL] }],
  [APPLICATIONS, { ...app, homepage_url: 'app.example.com' }, { homepage_url: [LINK] }],
  [APPLICATIONS, { ...app, homepage_url: 'javascript:alert(1)' }, { homepage_url: [LINK] }],
  [APPLICATIONS, { ...app, homepage_url: 'https:app.example' }, { homepage_url: [LINK] }],
  [APPLICATIONS, { ...app, terms_url: 'https://u@app.example/' }, { terms_url: [LINK] }],
  [
    APPLICATIONS,
    { ...app, privacy_policy_url: 'https://app.example/a\0' },
    { privacy_policy_url: [LINK] },
  ],
  [
    APPLICATIONS,
    { ...app, terms_url: `https://app.example/${'x'.repeat(2000)}` },
    { terms_url: ['Ensure this field has no more than 2000 characters.'] },
  ],
  [
    APPLICATIONS,
    { ...app, client_type: 'native' },
    { client_type: ['"native" is not a valid choice.'] },
  ],
  [APPLICATIONS, { ...app, client_type: null }, { client_type: [NULL] }],
  [APPLICATIONS, { ...app, redirect_uris: 'https://a.example/' }, { redirect_uris: [LIST] }],
  [APPLICATIONS, { ...app, redirect_uris: [] }, { redirect_uris: ['This list may not be empty.'] }],
  [APPLICATIONS, { ...app, redirect_uris: [1] }, { redirect_uris: [`0: ${STRING}`] }],
  [
    APPLICATIONS,
    { ...app, redirect_uris: ['https://a.example/', 'https://a.example/', 'https://a.example/#'] },
    {
      redirect_uris: [
        `"https://a.example/#": ${textFor('redirect_uri.fragment')}`,
        '"https://a.example/" is there twice.',
      ],
    },
  ],
  [
    APPLICATIONS,
    { ...app, redirect_uris: ['com.example.app:/callback'] },
    {
      redirect_uris: [`"com.example.app:/callback": ${textFor('redirect_uri.scheme_own')}`],
    },
  ],
  [APPLICATIONS, { ...app, scopes: ['admin'] }, { scopes: ['"admin" is not a valid choice.'] }],
  [APPLICATIONS, { ...app, scopes: [] }, { scopes: ['This list may not be empty.'] }],
  [APPLICATIONS, { ...app, scopes: 'read write' }, { scopes: [LIST] }],
  [
    APPLICATIONS,
    { ...app, client_type: 'public', require_pkce: false },
    { require_pkce: ['A public application has no secret: PKCE stays required.'] },
  ],
  [APPLICATIONS, { ...app, require_pkce: 'no' }, { require_pkce: [BOOLEAN] }],
  [APPLICATIONS, { ...app, owner: 'nobody' }, { owner: ['There is no user "nobody".'] }],
  [APPLICATIONS, { ...app, owner: '\0' }, { owner: ['Not a user ID.'] }],
  [APPLICATIONS, { ...app, owner: 7 }, { owner: [STRING] }],
  // Resource servers
  [RESOURCE_SERVERS, {}, { name: [REQUIRED] }],
  [RESOURCE_SERVERS, { name: '' }, { name: [BLANK] }],
  [RESOURCE_SERVERS, { name: 'a\0b' }, { name: [CONTROL] }],
];

describe('Invalid input is reported by field', () => {
  for (const [path, body, errors] of ROWS) {
    const method = path.startsWith('/users') || path.startsWith('/directory') ? 'PUT' : 'POST';
    test(`${method} ${path} ${JSON.stringify(body).slice(0, 90)}`, async () => {
      const answer = await callManagement(server, method, `/api/v1${path}`, body);
      assert.deepEqual([answer.status, answer.body], [400, errors]);
    });
  }

  test('nothing of it was written', async () => {
    for (const list of ['applications', 'resource-servers', 'directory/organizers/red/teams']) {
      const answer = await callManagement(server, 'GET', `/api/v1/${list}/`);
      assert.equal(Reflect.get(Object(answer.body), 'count'), 0, list);
    }
  });
});

/** Sends a request without the helpers, as other programs do. */
async function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
) {
  const init: RequestInit = {
    method,
    headers,
    ...(body === undefined ? {} : { body, duplex: 'half' }),
  };
  const response = await fetch(`${server.issuer}/api/v1${path}`, init);
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, headers: response.headers, answer };
}

describe('Request body', () => {
  const headers = (type?: string) => ({
    authorization: `Token ${server.operatorToken}`,
    ...(type === undefined ? {} : { 'content-type': type }),
  });
  const detail = (answer: unknown) => String(Reflect.get(Object(answer), 'detail'));

  test('that is not a JSON object: 400 with a sentence that does not contain the body', async () => {
    const bodies = ['{', '{"password": "hunter2"', 'hunter2', '{"a":1}}', '"', '['.repeat(900_000)];
    for (const body of bodies) {
      const { status, answer } = await send('PUT', USER, headers('application/json'), body);
      assert.equal(status, 400);
      assert.deepEqual(answer, { detail: 'JSON parse error - the body is not valid JSON.' });
    }
    for (const body of ['[]', 'null', '1', '"text"', 'true']) {
      const { status, answer } = await send('PUT', USER, headers('application/json'), body);
      assert.equal(status, 400);
      assert.deepEqual(answer, { detail: 'Invalid data. Expected a JSON object.' });
    }
    const latin1 = new Uint8Array([0x22, 0xe9, 0x22]);
    const { status, answer } = await send('PUT', USER, headers('application/json'), latin1);
    assert.deepEqual([status, detail(answer)], [400, 'JSON parse error - not valid UTF-8.']);
  });

  test('of another content type: 415', async () => {
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'application/jsonp',
      'application/merge-patch+json',
    ];
    for (const type of types) {
      const { status, answer } = await send('PUT', USER, headers(type), '{}');
      assert.equal(status, 415, type);
      assert.match(detail(answer), /^Unsupported media type "/);
    }
    const bytes = new TextEncoder().encode('{}');
    assert.equal((await send('PUT', USER, headers(), bytes)).status, 415);
    const zipped = { ...headers('application/json'), 'content-encoding': 'gzip' };
    assert.equal((await send('PUT', USER, zipped, '{}')).status, 415);
  });

  test('above one megabyte: 413, with and without Content-Length', async () => {
    const body = JSON.stringify({ ...ben, full_name: 'x'.repeat(1024 * 1024) });
    const announced = await send('PUT', USER, headers('application/json'), body);
    assert.equal(announced.status, 413);
    assert.equal(typeof detail(announced.answer), 'string');
    const streamed = new Blob([body]).stream();
    assert.equal((await send('PUT', USER, headers('application/json'), streamed)).status, 413);
  });

  test('missing, with another spelling of the content type, or with a byte order mark: accepted', async () => {
    assert.deepEqual((await send('PUT', USER, headers())).answer, { email: [REQUIRED] });
    const type = 'Application/JSON; charset=UTF-8';
    const bom = new TextEncoder().encode(`\ufeff${JSON.stringify(ben)}`);
    assert.equal((await send('PUT', USER, headers(type), bom)).status, 201);
  });

  test('with names of inherited object properties: handled as ordinary fields', async () => {
    const body = '{"__proto__": {"is_active": 1}, "constructor": 1, "email": "ben@example.com"}';
    assert.equal((await send('PUT', USER, headers('application/json'), body)).status, 200);
    const name = '{"name": {"__proto__": "x"}}';
    const { status } = await send('PUT', ORGANIZER, headers('application/json'), name);
    assert.equal(status, 400);
  });
});

describe('Requests without operator token', () => {
  test('get 401 and change nothing', async () => {
    const paths = [
      '/users/',
      '/users/ada/',
      '/directory/organizers/',
      APPLICATIONS,
      RESOURCE_SERVERS,
    ];
    const token = server.operatorToken;
    for (const path of paths) {
      const { status, headers, answer } = await send('GET', path, {});
      assert.equal(status, 401);
      assert.equal(headers.get('www-authenticate'), 'Token');
      assert.deepEqual(answer, { detail: 'Authentication credentials were not provided.' });
      const wrongs = [
        'Token',
        'Token ',
        'Token wrong',
        `Token ${token}x`,
        `Token ${token} x`,
        `Bearer ${token}`,
        `Basic ${Buffer.from(`operator:${token}`).toString('base64')}`,
        token,
      ];
      for (const authorization of wrongs) {
        const wrong = await send('GET', path, { authorization });
        assert.equal(wrong.status, 401, authorization);
        assert.deepEqual(wrong.answer, { detail: 'Invalid token.' });
      }
    }
    const json = { 'content-type': 'application/json' };
    assert.equal((await send('PUT', '/users/eve/', json, JSON.stringify(ben))).status, 401);
    assert.equal((await send('DELETE', '/users/ada/', {})).status, 401);
    assert.equal(
      (await send('PUT', '/users/eve/', json, '{')).status,
      401,
      'authentication precedes the body check',
    );
    const { status } = await send('GET', '/users/ada/', { authorization: `tOKEN ${token}` });
    assert.equal(status, 200);
  });
});

describe('Unsupported requests', () => {
  test('a wrong method is 405 with the allowed ones', async () => {
    const { status, headers, answer } = await send('POST', '/users/ada/', {});
    assert.equal(status, 405);
    assert.equal(headers.get('allow'), 'HEAD, GET, PUT, PATCH, DELETE');
    assert.deepEqual(answer, { detail: "Method 'POST' not allowed." });
    assert.equal((await send('DELETE', '/users/', {})).status, 405);
    assert.equal((await send('PUT', APPLICATIONS, {})).status, 405);
    assert.equal((await send('GET', '/applications/x/suspend/', {})).status, 405);
    const strange = await send('PROPFIND', '/users/', {});
    assert.deepEqual(
      [strange.status, strange.answer],
      [405, { detail: "Method 'PROPFIND' not allowed." }],
    );
  });

  test('an unknown path is 404', async () => {
    for (const path of ['/users/ada/x/', '/user/', '/directory/', '/users//', '/users/%zz/x']) {
      assert.equal((await send('GET', path, {})).status, 404, path);
    }
    const teams = '/directory/organizers/nowhere/teams/';
    for (const [method, path] of [
      ['GET', teams],
      ['GET', `${teams}staff/`],
      ['PUT', `${teams}staff/`],
      ['DELETE', `${teams}staff/`],
    ] as const) {
      const answer = await callManagement(server, method, `/api/v1${path}`);
      assert.deepEqual([answer.status, answer.body], [404, { detail: 'Not found.' }]);
    }
  });
});
