import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Application } from '../../src/applications/application.ts';
import { readConfig } from '../../src/config/config.ts';
import { checkAuthorizeUrl } from '../../src/insights/check-authorize-url.ts';
import {
  isRegistered,
  nearestRedirectUri,
  withoutValues,
} from '../../src/insights/redirect-uri-difference.ts';

const config = readConfig({ ISSUER: 'https://login.example.com' });
const application: Application = {
  kind: 'registered',
  fingerprint: null,
  logo: null,
  clientId: 'Box0ffice',
  ownerId: 'ben',
  ownerName: 'Ben',
  name: 'Box Office Sync',
  description: '',
  homepageUrl: null,
  privacyPolicyUrl: null,
  termsUrl: null,
  clientType: 'confidential',
  redirectUris: ['https://app.example.com/callback', 'https://app.example.com/back?shop=1&lang=en'],
  scopes: ['read', 'write'],
  requirePkce: true,
  isActive: true,
  suspendedAt: null,
  suspensionReason: null,
  version: 1,
  nameLikeReviewed: false,
  schemeSharedWith: null,
  reviewedAt: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
};
const RESOURCES = new Map([
  ['https://api.example.com/', 'Orders API'],
  ['urn:example:stock', 'Stock API'],
]);
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeGV6H3gDzhY5fj0QJKs'.padEnd(43, 'A').slice(0, 43);
const GOOD = {
  response_type: 'code',
  client_id: application.clientId,
  redirect_uri: 'https://app.example.com/callback',
  scope: 'read',
  state: 'a-long-random-state',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};

type Changes = Readonly<Record<string, string | undefined>>;

function urlWith(changes: Changes, more = ''): string {
  const parameters = Object.entries({ ...GOOD, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return `https://login.example.com/api/v1/oauth/authorize?${new URLSearchParams(parameters)}${more}`;
}

const CASES: readonly [
  what: string,
  url: string,
  expected: readonly string[],
  of?: Partial<Application>,
][] = [
  ['empty text', '  ', ['error url url_empty']],
  ['no URL', 'authorize?client_id=x', ['error url url_invalid']],
  ['another scheme', 'ftp://login.example.com/', ['error url url_invalid']],
  [
    'a URL of 20,000 characters',
    urlWith({ state: 'x'.repeat(20_000) }),
    ['error url url_too_long'],
  ],
  ['a valid URL', urlWith({}), []],
  ['line breaks and spaces around the URL', `\n ${urlWith({})} \n`, []],
  ['another host', urlWith({}).replace('login.', 'www.'), ['error endpoint endpoint_origin']],
  ['http', urlWith({}).replace('https:', 'http:'), ['error endpoint endpoint_origin']],
  [
    'another path',
    urlWith({}).replace('authorize?', 'authorise?'),
    ['error endpoint endpoint_path'],
  ],
  [
    'a slash after the path',
    urlWith({}).replace('authorize?', 'authorize/?'),
    ['warning endpoint endpoint_spelling'],
  ],
  ['a fragment', `${urlWith({})}#top`, ['warning endpoint fragment_dropped']],
  ['no client_id', urlWith({ client_id: undefined }), ['error client_id parameter_missing']],
  ['another client_id', urlWith({ client_id: 'other' }), ['error client_id client_id_foreign']],
  [
    'client_id in another spelling',
    urlWith({ client_id: 'box0FFICE ' }),
    ['error client_id client_id_spelling'],
  ],
  ['no response_type', urlWith({ response_type: '' }), ['error response_type parameter_missing']],
  [
    'implicit',
    urlWith({ response_type: 'token' }),
    ['error response_type response_type_unsupported'],
  ],
  [
    'hybrid',
    urlWith({ response_type: 'code id_token' }),
    ['error response_type response_type_unsupported'],
  ],
  [
    'no redirect_uri',
    urlWith({ redirect_uri: undefined }),
    ['error redirect_uri parameter_missing'],
  ],
  [
    'another redirect_uri',
    urlWith({ redirect_uri: 'https://evil.example.com/callback' }),
    ['error redirect_uri redirect_uri_mismatch'],
  ],
  [
    'redirect_uri encoded twice',
    urlWith({ redirect_uri: encodeURIComponent(GOOD.redirect_uri) }),
    ['error redirect_uri redirect_uri_encoded_twice'],
  ],
  [
    'redirect_uri with an ampersand that is not encoded',
    `${urlWith({ redirect_uri: undefined })}&redirect_uri=https://app.example.com/back?shop=1&lang=en`,
    ['error redirect_uri redirect_uri_cut', 'info lang parameter_ignored'],
  ],
  [
    'redirect_uri with a query',
    urlWith({ redirect_uri: 'https://app.example.com/back?shop=1&lang=en' }),
    [],
  ],
  ['no scope', urlWith({ scope: undefined }), ['info scope scope_default']],
  [
    'no scope, and none of the defaults',
    urlWith({ scope: undefined }),
    ['error scope scope_no_default'],
    { scopes: ['profile'] },
  ],
  ['an unknown scope', urlWith({ scope: 'read email' }), ['error scope scope_unknown']],
  ['a resource', urlWith({ resource: 'https://API.example.com' }), []],
  [
    'two resources',
    urlWith({ resource: 'urn:example:stock' }, '&resource=https://api.example.com/'),
    [],
  ],
  ['an empty resource', urlWith({ resource: '' }), ['info resource parameter_empty']],
  [
    'an unknown resource among others',
    urlWith({ resource: 'urn:example:stock' }, '&resource=https://api.example.com/a'),
    ['error resource resource_unknown'],
  ],
  [
    'a resource that is no URI',
    urlWith({ resource: 'stock' }),
    ['error resource resource_invalid'],
  ],
  ['a scope of OpenID Connect', urlWith({ scope: 'read openid' }), ['info scope scope_ignored']],
  [
    'only scopes of OpenID Connect',
    urlWith({ scope: 'openid' }),
    ['info scope scope_ignored', 'info scope scope_default'],
  ],
  [
    'a scope that is not registered',
    urlWith({ scope: 'read profile' }),
    ['error scope scope_not_registered'],
  ],
  ['scopes with a comma', urlWith({ scope: 'read,write' }), ['error scope scope_separator']],
  ['extra spaces', urlWith({ scope: ' read  write ' }), []],
  [
    'a tab',
    urlWith({ scope: 'read\twrite' }),
    ['error scope scope_malformed', 'error scope control_characters'],
  ],
  ['a scope twice', urlWith({ scope: 'read read' }), []],
  ['no state', urlWith({ state: undefined }), ['warning state state_missing']],
  ['a short state', urlWith({ state: '42' }), ['warning state state_short']],
  [
    'a line break in the state',
    urlWith({ state: 'a-long\nrandom-state' }),
    ['error state control_characters'],
  ],
  [
    'no PKCE',
    urlWith({ code_challenge: undefined, code_challenge_method: undefined }),
    ['error code_challenge pkce_missing'],
  ],
  [
    'no PKCE, where it is not required',
    urlWith({ code_challenge: undefined, code_challenge_method: undefined }),
    ['warning code_challenge pkce_left_out'],
    { requirePkce: false },
  ],
  [
    'no method',
    urlWith({ code_challenge_method: undefined }),
    ['error code_challenge_method pkce_method_missing'],
  ],
  [
    'plain',
    urlWith({ code_challenge_method: 'plain' }),
    ['error code_challenge_method pkce_method_unsupported'],
  ],
  [
    'a method in lower case',
    urlWith({ code_challenge_method: 's256' }),
    ['error code_challenge_method pkce_method_unsupported'],
  ],
  [
    'a method without a challenge',
    urlWith({ code_challenge: undefined }),
    ['error code_challenge pkce_challenge_missing'],
  ],
  [
    'a short challenge',
    urlWith({ code_challenge: 'short' }),
    ['error code_challenge pkce_challenge_length'],
  ],
  [
    'a challenge of 129 characters',
    urlWith({ code_challenge: 'a'.repeat(129) }),
    ['error code_challenge pkce_challenge_length'],
  ],
  [
    'a challenge in plain base64',
    urlWith({ code_challenge: `${CHALLENGE.slice(1)}+=` }),
    ['error code_challenge pkce_challenge_characters'],
  ],
  [
    'a challenge in hexadecimal',
    urlWith({ code_challenge: 'ab'.repeat(32) }),
    ['warning code_challenge challenge_hex'],
  ],
  [
    'a challenge that is not a SHA-256 hash',
    urlWith({ code_challenge: 'v'.repeat(50) }),
    ['warning code_challenge challenge_not_sha256'],
  ],
  ['prompt=consent', urlWith({ prompt: 'login consent' }), []],
  ['prompt=none', urlWith({ prompt: 'none' }), ['warning prompt prompt_none']],
  [
    'prompt=none with another',
    urlWith({ prompt: 'none login' }),
    ['error prompt prompt_none_not_alone'],
  ],
  ['prompt=select_account', urlWith({ prompt: 'select_account' }), []],
  ['approval_prompt=force', urlWith({ approval_prompt: 'force' }), []],
  [
    'approval_prompt=auto',
    urlWith({ approval_prompt: 'auto' }),
    ['info approval_prompt approval_prompt_ignored'],
  ],
  ['a nonce', urlWith({ nonce: 'n-0S6' }), ['info nonce openid_ignored']],
  ['max_age', urlWith({ max_age: '0' }), []],
  ['max_age in words', urlWith({ max_age: 'old' }), ['warning max_age max_age_malformed']],
  ['max_age twice', urlWith({ max_age: '1' }, '&max_age=2'), []],
  ['a nonce twice', urlWith({ nonce: 'a' }, '&nonce=b'), []],
  ['acr_values', urlWith({ acr_values: 'gold' }), ['info acr_values openid_ignored']],
  ['id_token_hint', urlWith({ id_token_hint: 'e.e.e' }), ['info id_token_hint openid_ignored']],
  ['claims_locales', urlWith({ claims_locales: 'de' }), ['info claims_locales openid_ignored']],
  ['claims', urlWith({ claims: '{}' }), ['info claims parameter_ignored']],
  ['a dpop_jkt', urlWith({ dpop_jkt: CHALLENGE }), []],
  [
    'a dpop_jkt in hexadecimal',
    urlWith({ dpop_jkt: 'a1'.repeat(32) }),
    ['error dpop_jkt dpop_thumbprint_malformed'],
  ],
  ['response_mode=form_post', urlWith({ response_mode: 'form_post' }), []],
  [
    'response_mode=jwt',
    urlWith({ response_mode: 'jwt' }),
    ['error response_mode response_mode_unsupported'],
  ],
  ['hints', urlWith({ login_hint: 'ada@example.com', ui_locales: 'de' }), []],
  ['display', urlWith({ display: 'page' }), ['info display openid_ignored']],
  ['an unknown parameter', urlWith({ utm_source: 'mail' }), ['info utm_source parameter_ignored']],
  [
    'an unknown parameter twice',
    urlWith({ utm_source: 'mail' }, '&utm_source=web'),
    ['info utm_source parameter_ignored'],
  ],
  [
    'a typing mistake',
    urlWith({ code_challange: 'x' }),
    ['warning code_challange parameter_similar'],
  ],
  ['another spelling', urlWith({ redirectUri: 'x' }), ['warning redirectUri parameter_similar']],
  ['state twice', urlWith({}, '&state=another'), ['error state parameter_twice']],
  ['scope twice', urlWith({}, '&scope=write'), ['error scope parameter_twice']],
  ['client_id twice', urlWith({}, '&client_id=Box0ffice'), ['error client_id parameter_twice']],
  ['the secret', urlWith({ client_secret: 'x' }), ['warning client_secret secret_in_url']],
  ['the verifier', urlWith({ code_verifier: 'x' }), ['warning code_verifier verifier_in_url']],
  [
    'ampersands as in HTML',
    urlWith({}).replace('&state=', '&amp;state='),
    ['warning state state_missing', 'warning amp;state ampersand_escaped'],
  ],
  ['a request object', urlWith({ request: 'e.e.e' }), ['error request request_object_unsupported']],
  [
    'a request_uri of another server',
    urlWith({ request_uri: 'https://app.example.com/r' }),
    ['error request_uri request_uri_unsupported'],
  ],
  [
    'a pushed request',
    'https://login.example.com/api/v1/oauth/authorize?client_id=Box0ffice&request_uri=urn:ietf:params:oauth:request_uri:abc',
    ['info request_uri pushed_request'],
  ],
  [
    'registration',
    urlWith({ registration: '{}' }),
    ['error registration registration_unsupported'],
  ],
  [
    'a disabled application',
    urlWith({}),
    ['error application application_disabled'],
    { isActive: false },
  ],
  [
    'a suspended application',
    urlWith({}),
    ['error application application_suspended'],
    { suspendedAt: new Date(0) },
  ],
];

describe('Authorize-URL checker', () => {
  for (const [what, url, expected, of] of CASES) {
    it(what, () => {
      const findings = checkAuthorizeUrl({ ...application, ...of }, config, RESOURCES, url);
      const amiss = findings
        .filter(({ verdict }) => verdict !== 'ok')
        .map(({ verdict, component, code }) => `${verdict} ${component} ${code}`);
      assert.deepEqual(amiss, expected);
    });
  }

  it('never throws, and returns findings for any text', () => {
    for (const text of [
      '%',
      '?',
      '\u{0}',
      'https://',
      `${urlWith({})}&%zz=%ff&__proto__=1&=&&`,
      '💥',
    ]) {
      assert.ok(Array.isArray(checkAuthorizeUrl(application, config, RESOURCES, text)), text);
    }
  });

  it('returns all components in the same order', () => {
    const components = checkAuthorizeUrl(application, config, RESOURCES, urlWith({}));
    assert.deepEqual(
      components.map(({ component, verdict }) => `${component} ${verdict}`),
      [
        'endpoint ok',
        'client_id ok',
        'response_type ok',
        'redirect_uri ok',
        'scope ok',
        'state ok',
        'code_challenge ok',
        'code_challenge_method ok',
      ],
    );
  });
});

describe('Unregistered redirect URI', () => {
  const rules = {
    redirectUris: ['https://app.example.com/callback', 'https://app.example.com/back?shop=1'],
  };
  const [callback, back] = rules.redirectUris;
  const cases: readonly [string, string | undefined, readonly string[]][] = [
    ['http://app.example.com/callback', callback, ['scheme']],
    ['https://APP.example.com/callback', callback, ['letter_case']],
    ['https://www.example.com/callback', callback, ['host']],
    ['https://app.example.com:8443/callback', callback, ['port']],
    ['https://app.example.com:443/callback', callback, ['port']],
    ['https://app.example.com/callback/', callback, ['trailing_slash']],
    ['https://app.example.com/Callback', callback, ['letter_case']],
    ['https://app.example.com/call%62ack', callback, ['encoding']],
    ['https://app.example.com/callback?x=1', callback, ['query']],
    ['https://app.example.com/callback#x', callback, ['fragment']],
    ['https://me@app.example.com/callback', callback, ['user']],
    ['https://app.example.com/back?shop=2', back, ['query']],
    ['https://app.example.com/bak?shop=1', back, ['path']],
    ['http://localhost:3000/callback', callback, ['scheme', 'host', 'port']],
  ];
  for (const [sent, nearest, differences] of cases) {
    it(`${sent} differs in ${differences.join(', ')}`, () => {
      assert.equal(isRegistered(rules, sent), false);
      assert.deepEqual(nearestRedirectUri(rules, sent), { nearest, differences });
    });
  }

  it('can have any loopback port', () => {
    const loopback = { redirectUris: ['http://127.0.0.1/callback'] };
    assert.equal(isRegistered(loopback, 'http://127.0.0.1:51763/callback'), true);
    assert.equal(isRegistered(loopback, 'http://127.0.0.1:51763/elsewhere'), false);
    assert.equal(isRegistered(loopback, 'http://localhost:51763/callback'), false);
    assert.deepEqual(
      nearestRedirectUri(loopback, 'http://127.0.0.1:51763/callback/')?.differences,
      ['trailing_slash'],
    );
  });

  it('is stored without values that may be secret', () => {
    const cases = {
      'https://app.example.com/cb?code=S3CRET&x&y=': 'https://app.example.com/cb?code=…&x&y=…',
      'https://me:S3CRET@app.example.com:8/cb#S3CRET': 'https://…@app.example.com:8/cb#…',
      'com.example.app:/cb?t=S3CRET': 'com.example.app:/cb?t=…',
      '': '',
    };
    for (const [sent, kept] of Object.entries(cases)) {
      assert.equal(withoutValues(sent), kept);
    }
  });
});
