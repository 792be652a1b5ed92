import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { readConfig } from '../../src/config/config.ts';
import { markedPermissions } from '../../src/config/permissions.ts';
import { StagedoorError } from '../../src/lib/errors.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const PRODUCTION = {
  NODE_ENV: 'production',
  ISSUER: 'https://login.example.com',
  DATABASE_URL: 'postgres://stagedoor:password@db/stagedoor',
  COOKIE_KEYS: KEY,
  SMTP_URL: 'smtp://mail.example.com:587',
  MAIL_FROM: 'Stagedoor <no-reply@example.com>',
  TRUST_PROXY: '1',
};

/** Returns the message of the configuration error. */
function refusal(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof StagedoorError);
    assert.equal(error.code, 'configuration_invalid');
    return error.message;
  }
  return assert.fail('The configuration was accepted.');
}

describe('Configuration for trying the server', () => {
  test('needs no variables', () => {
    const config = readConfig({});
    assert.equal(config.issuer, 'http://localhost:3000');
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.databaseUrl, undefined);
    assert.equal(config.demo, true);
    assert.equal(config.accessTokenTtl, 3600);
    assert.equal(config.refreshTokenTtl, 90 * 86_400);
    assert.equal(config.refreshRetrySeconds, 30);
    assert.deepEqual(config.defaultScopes, ['read', 'write']);
    assert.equal(config.permissions.length, 7);
    assert.deepEqual([...config.organizerPermissions], ['can_create_events']);
  });

  test('marks organizer-level permissions in PERMISSIONS; none without a mark', () => {
    const read = (PERMISSIONS: string) => {
      const config = readConfig({ PERMISSIONS });
      return [config.permissions, [...config.organizerPermissions], markedPermissions(config)];
    };
    assert.deepEqual(read('can_create_events, can_view'), [
      ['can_create_events', 'can_view'],
      [],
      ['can_create_events', 'can_view'],
    ]);
    // Twice and marked once: it is marked.
    assert.deepEqual(read('a:b create@organizer,__proto__@organizer create'), [
      ['a:b', 'create', '__proto__'],
      ['create', '__proto__'],
      ['a:b', 'create@organizer', '__proto__@organizer'],
    ]);
  });

  test('has an issuer that follows the port', () => {
    assert.equal(readConfig({ PORT: '4000' }).issuer, 'http://localhost:4000');
  });

  test('has no demo with a configured database, unless DEMO=1', () => {
    const DATABASE_URL = PRODUCTION.DATABASE_URL;
    assert.equal(readConfig({ DATABASE_URL }).demo, false);
    assert.equal(readConfig({ DATABASE_URL, DEMO: '1' }).demo, true);
    assert.equal(readConfig({ DEMO: '0' }).demo, false);
  });

  test('has no demo if other hosts can reach the server, unless DEMO=1', () => {
    for (const HOST of ['localhost', '127.0.0.1', '::1']) {
      assert.equal(readConfig({ HOST }).demo, true, HOST);
    }
    for (const HOST of [
      '0.0.0.0',
      '::',
      '192.0.2.1',
      'login.example.com',
      'localhost.example.com',
    ]) {
      assert.equal(readConfig({ HOST }).demo, false, HOST);
      assert.equal(readConfig({ HOST, DEMO: '1' }).demo, true, HOST);
    }
    assert.equal(readConfig({ ISSUER: 'https://login.example.com' }).demo, false);
    assert.equal(readConfig({ ISSUER: 'http://192.0.2.1:3000' }).demo, false);
    assert.equal(readConfig({ NODE_ENV: 'test' }).demo, true);
  });
});

describe('Configuration', () => {
  test('for production needs six variables', () => {
    const config = readConfig(PRODUCTION);
    assert.equal(config.production, true);
    assert.equal(config.host, '0.0.0.0');
    assert.equal(config.demo, false);
    assert.deepEqual(config.cookieKeys, [KEY]);
  });

  test('lists all missing variables in one message', () => {
    const message = refusal({ NODE_ENV: 'production' });
    for (const name of Object.keys(PRODUCTION).slice(1)) {
      assert.match(message, new RegExp(`- ${name} is missing`));
    }
    const { TRUST_PROXY: _, ...rest } = PRODUCTION;
    assert.match(refusal(rest), /- TRUST_PROXY is missing: how many reverse proxies/);
    assert.equal(readConfig({ ...PRODUCTION, TRUST_PROXY: '0' }).trustProxy, 0);
    // Without TLS, no proxy is assumed.
    assert.equal(readConfig({ ...rest, ISSUER: 'http://localhost:3000' }).trustProxy, 0);
  });

  test('accepts host names in the settings of the fetcher, and nothing else', () => {
    const FETCH_PRIVATE_HOSTS = 'localhost, 127.0.0.1,[::1] docs.internal';
    assert.deepEqual(readConfig({ FETCH_PRIVATE_HOSTS }).fetchPrivateHosts, [
      'localhost',
      '127.0.0.1',
      '[::1]',
      'docs.internal',
    ]);
    for (const host of [
      'https://a.example',
      'a.example:8080',
      'a.example/b',
      '*.a.example',
      'A.b',
      '127.1',
    ]) {
      assert.match(refusal({ FETCH_DENY_HOSTS: host }), /FETCH_DENY_HOSTS must hold host names/);
    }
  });

  test('accepts private-use schemes in CUSTOM_SCHEMES, but none that browsers know', () => {
    const CUSTOM_SCHEMES = 'myapp, my-app';
    assert.deepEqual(readConfig({ CUSTOM_SCHEMES }).customSchemes, ['myapp', 'my-app']);
    for (const scheme of [
      'javascript',
      'data',
      'file',
      'vbscript',
      'blob',
      'about',
      'https',
      'A',
    ]) {
      assert.match(refusal({ CUSTOM_SCHEMES: `myapp ${scheme}` }), /CUSTOM_SCHEMES/, scheme);
    }
  });

  test('lists missing and invalid variables in one message', () => {
    const message = refusal({ NODE_ENV: 'production', PORT: 'http', ACCESS_TOKEN_TTL: '1h' });
    assert.match(message, /PORT/);
    assert.match(message, /ACCESS_TOKEN_TTL must be a number of seconds/);
    assert.match(message, /SMTP_URL is missing/);
  });

  test('treats an empty variable as not set', () => {
    assert.equal(readConfig({ DATABASE_URL: '', PORT: '' }).port, 3000);
    assert.match(refusal({ ...PRODUCTION, COOKIE_KEYS: '' }), /COOKIE_KEYS is missing/);
  });

  test('accepts several cookie keys, separated by commas or spaces', () => {
    const other = KEY.toUpperCase();
    assert.deepEqual(readConfig({ COOKIE_KEYS: `${KEY}, ${other}` }).cookieKeys, [KEY, other]);
  });

  test('refuses values that are out of range or malformed', () => {
    const wrong: Record<string, string> = {
      PORT: '70000',
      DATABASE_URL: 'mysql://db/stagedoor',
      SMTP_URL: 'mail.example.com',
      OPERATOR_TOKEN: 'too short',
      COOKIE_KEYS: `${KEY},short`,
      ACCESS_TOKEN_TTL: '0',
      REFRESH_TOKEN_TTL: '1.5',
      REFRESH_RETRY_SECONDS: '-1',
      TRUST_PROXY: 'yes',
      WORKERS: '0',
      LOG_LEVEL: 'loud',
      DEMO: 'maybe',
      LOG_RETENTION_DAYS: '10',
      GRANT_RETENTION_DAYS: '31',
      LEAK_SCANNER_KEYS: '{"k1":"no key"}',
    };
    const message = refusal(wrong);
    for (const [name, value] of Object.entries(wrong)) {
      assert.match(message, new RegExp(`- ${name} `));
      assert.match(refusal({ [name]: value }), new RegExp(`- ${name} `));
    }
  });

  test('refuses access tokens that outlive their authorization', () => {
    assert.match(refusal({ ACCESS_TOKEN_TTL: '61', REFRESH_TOKEN_TTL: '60' }), /ACCESS_TOKEN_TTL/);
    readConfig({ ACCESS_TOKEN_TTL: '60', REFRESH_TOKEN_TTL: '60' });
  });

  test('accepts the keys of leak scanners as GitHub publishes them, or by their identifiers', () => {
    const pem = (namedCurve: string) =>
      generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'pem' });
    const read = (value: unknown) =>
      readConfig({ LEAK_SCANNER_KEYS: JSON.stringify(value) }).leakScannerKeys;
    const published = {
      public_keys: [{ key_identifier: 'k1', key: pem('P-256'), is_current: true }],
    };
    assert.deepEqual([...read(published).keys()], ['k1']);
    assert.deepEqual([...read({ k2: pem('P-256') }).keys()], ['k2']);
    assert.deepEqual([...readConfig({}).leakScannerKeys], []);
    for (const wrong of [{ k: pem('P-384') }, { public_keys: [{ key: pem('P-256') }] }, [], 'x']) {
      assert.throws(() => read(wrong), /- LEAK_SCANNER_KEYS must be the JSON of https/);
    }
  });

  test('accepts a log retention of 0 or at least 30 days', () => {
    for (const days of ['0', '30', '3650']) {
      assert.equal(readConfig({ LOG_RETENTION_DAYS: days }).logRetentionDays, Number(days));
    }
    assert.match(
      refusal({ LOG_RETENTION_DAYS: '29' }),
      /- LOG_RETENTION_DAYS must be 0 \(kept for ever\) or at least 30 \(days\)/,
    );
  });

  test('shows no secret in error messages', () => {
    const message = refusal({ OPERATOR_TOKEN: 'hunter2', COOKIE_KEYS: 'hunter3', PORT: 'x' });
    assert.doesNotMatch(message, /hunter/);
  });

  test('accepts REFRESH_RETRY_SECONDS=0', () => {
    assert.equal(readConfig({ REFRESH_RETRY_SECONDS: '0' }).refreshRetrySeconds, 0);
  });
});

describe('ISSUER', () => {
  test('is an origin; a trailing slash is removed', () => {
    assert.equal(
      readConfig({ ISSUER: 'https://login.example.com/' }).issuer,
      'https://login.example.com',
    );
  });

  test('must be http or https, without path, query or fragment', () => {
    for (const issuer of [
      'https://example.com/login',
      'https://example.com/?a=b',
      'https://example.com/#a',
      'ftp://example.com',
      'login.example.com',
    ]) {
      assert.match(refusal({ ISSUER: issuer }), /- ISSUER must be/, issuer);
    }
  });

  test('must be https in production, except on loopback', () => {
    assert.match(
      refusal({ ...PRODUCTION, ISSUER: 'http://login.example.com' }),
      /ISSUER must use https in production/,
    );
    for (const issuer of ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000']) {
      assert.equal(readConfig({ ...PRODUCTION, ISSUER: issuer }).issuer, issuer);
    }
  });
});

describe('Upstream login', () => {
  const UPSTREAM = {
    OIDC_ISSUER: 'https://accounts.example.com/realms/main',
    OIDC_CLIENT_ID: 'stagedoor',
    OIDC_CLIENT_SECRET: 'a secret',
  };

  test('is off by default, and does not match e-mail addresses by default', () => {
    assert.equal(readConfig(PRODUCTION).upstream, undefined);
    const config = readConfig({ ...PRODUCTION, ...UPSTREAM });
    assert.deepEqual(config.upstream, {
      issuer: UPSTREAM.OIDC_ISSUER,
      clientId: 'stagedoor',
      clientSecret: 'a secret',
      matchVerifiedEmail: false,
      withoutAuthTime: false,
    });
    const matching = readConfig({ ...UPSTREAM, OIDC_MATCH_VERIFIED_EMAIL: '1' });
    assert.equal(matching.upstream?.matchVerifiedEmail, true);
    const timeless = readConfig({ ...UPSTREAM, OIDC_WITHOUT_AUTH_TIME: '1' });
    assert.equal(timeless.upstream?.withoutAuthTime, true);
  });

  test('has three variables that are required together', () => {
    for (const name of ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']) {
      const message = refusal({ ...UPSTREAM, [name]: '', PORT: 'x' });
      assert.match(message, new RegExp(`- ${name} is missing: .* go together`));
      assert.match(message, /- PORT must be a port number/);
      assert.doesNotMatch(message, /a secret/);
    }
  });

  test('must have a URL, https in production except on loopback, and another origin', () => {
    for (const issuer of [
      'accounts',
      'ftp://x.example.com',
      'https://x.example.com/?a',
      'https://u:p@x.example.com',
    ]) {
      assert.match(refusal({ ...UPSTREAM, OIDC_ISSUER: issuer }), /OIDC_ISSUER must be a URL/);
    }
    assert.match(
      refusal({
        ...UPSTREAM,
        ISSUER: 'https://a.example.com',
        OIDC_ISSUER: 'https://a.example.com/',
      }),
      /OIDC_ISSUER must be the platform’s login/,
    );
    const http = { ...PRODUCTION, ...UPSTREAM, OIDC_ISSUER: 'http://accounts.example.com' };
    assert.match(refusal(http), /OIDC_ISSUER must use https in production/);
    const here = readConfig({ ...http, OIDC_ISSUER: 'http://localhost:4000' });
    assert.equal(here.upstream?.issuer, 'http://localhost:4000');
  });

  test('excludes the demo', () => {
    assert.equal(readConfig(UPSTREAM).demo, false);
    assert.match(refusal({ ...UPSTREAM, DEMO: '1' }), /DEMO must be 0 with OIDC_ISSUER/);
  });
});
