import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { redirectUriErrors } from '../../src/applications/check-details.ts';
import { checkRedirectUri, type RedirectUriCode } from '../../src/applications/redirect-uri.ts';
import { textFor } from '../support/texts.ts';

const ok = undefined;
type Verdict = RedirectUriCode | undefined;
type Row = [uri: string, confidential: Verdict, forPublic: Verdict];
const both = (uri: string, verdict: Verdict): Row => [uri, verdict, verdict];
const badScheme = (uri: string): Row => [uri, 'scheme', 'scheme_public'];

const ROWS: Row[] = [
  // https
  both('https://app.example.com/callback', ok),
  both('https://app.example.com', ok),
  both('https://app.example.com/', ok),
  both('https://app.example.com:8443/callback', ok),
  both('https://app.example.com/callback?tenant=1&x=%20', ok),
  both('https://app.example.com/a%2Fb/(c);d=1,2', ok),
  both('https://xn--bhne-5qa.example/callback', ok),
  both('https://intranet/callback', ok),
  both('https://my_host.example.com/callback', ok),
  both('https://app.example.com:443/callback', 'normal_form'),
  both('https://app.example.com:08443/callback', 'normal_form'),
  both('https://App.Example.com/callback', 'normal_form'),
  both('HTTPS://app.example.com/callback', 'scheme_case'),
  both('https://app.example.com?x=1', 'normal_form'),
  both('https://app.example.com/a/../callback', 'normal_form'),
  both('https://app.example.com/a/%2e%2e/callback', 'normal_form'),
  both('https://app.example.com/./callback', 'normal_form'),
  both('https:app.example.com/callback', 'host'),
  both('https:/app.example.com/callback', 'host'),
  both('https:///app.example.com/callback', 'host'),
  both('https://', 'host'),
  both('https://:443/callback', 'host'),
  both('https://app.example.com:99999/callback', 'host'),
  both('https://app.example.com./callback', 'host_name'),
  both('https://app..example.com/callback', 'host_name'),
  both('https://a;b.example.com/callback', 'host_name'),
  both("https://a'b.example.com/callback", 'host_name'),
  both('https://app.example.com/#fragment', 'fragment'),
  both('https://app.example.com/#', 'fragment'),
  both('https://*.example.com/callback', 'wildcard'),
  both('https://app.example.com/*', 'wildcard'),
  both('https://user@app.example.com/', 'user'),
  both('https://user:password@app.example.com/', 'user'),
  both('https://app.example.com@evil.example/', 'user'),
  both('https://@app.example.com/', 'user'),
  both('https://app.example.com\\@evil.example/', 'space'),
  both('https://app.example.com/a b', 'space'),
  both(' https://app.example.com/', 'space'),
  both('https://app.example.com/\n', 'space'),
  both('https://app.example.com/\u0000', 'space'),
  both('https://app.example.com/\u00a0', 'space'),
  both('https://app.example.com/bühne', 'characters'),
  both('https://bühne.example/callback', 'characters'),
  both('https://app.example.com/"onload', 'characters'),
  both('https://app.example.com/<script>', 'characters'),
  both('https://app.example.com/%zz', 'characters'),
  both('https://app.example.com/?x={y}', 'characters'),
  both('https://app.example.com/\ud800', 'characters'),
  // Addresses
  both('https://192.0.2.1/callback', 'address'),
  both('https://10.0.0.1:8443/callback', 'address'),
  both('https://[2001:db8::1]/callback', 'address'),
  both('https://127.0.0.2/callback', 'address'),
  both('https://0.0.0.0/callback', 'address'),
  both('https://[::ffff:7f00:1]/callback', 'address'),
  both('https://0x7f.1/callback', 'address_form'),
  both('https://2130706433/callback', 'address_form'),
  both('https://127.1/callback', 'address_form'),
  both('http://127.1/callback', 'address_form'),
  both('http://0x7f000001:8080/callback', 'address_form'),
  both('http://0177.0.0.1/callback', 'address_form'),
  both('http://127.0.0.1./callback', 'address_form'),
  both('http://[0:0:0:0:0:0:0:1]/callback', 'address_form'),
  both('https://3232235777/callback', 'address_form_host'),
  both('https://1.2.3/callback', 'address_form_host'),
  both('https://[::1/callback', 'host'),
  both('https://1.2.3.256/callback', 'host'),
  // http
  both('http://127.0.0.1/callback', ok),
  both('http://127.0.0.1:53682/callback', ok),
  both('http://[::1]:53682/callback', ok),
  both('http://localhost:3000/callback', ok),
  both('http://localhost', ok),
  both('http://localhost:80/callback', 'normal_form'),
  both('http://LOCALHOST/callback', 'normal_form'),
  both('http://localhost./callback', 'host_name'),
  both('http://app.localhost/callback', 'http'),
  both('http://localhost.evil.example/callback', 'http'),
  both('http://app.example.com/callback', 'http'),
  both('http://127.0.0.2/callback', 'http'),
  both('http://127.0.0.1.example.com/callback', 'http'),
  both('http://0.0.0.0/callback', 'http'),
  both('http://192.168.0.10/callback', 'http'),
  // https on loopback
  ['https://localhost:3000/callback', ok, 'loopback_tls'],
  ['https://127.0.0.1:3000/callback', ok, 'loopback_tls'],
  ['https://[::1]/callback', ok, 'loopback_tls'],
  // Private-use schemes
  ['com.example.app:/callback', 'scheme_own', ok],
  ['com.example.app:/', 'scheme_own', ok],
  ['com.example.app://callback', 'scheme_own', ok],
  ['com.example.my-app:/callback?x=1', 'scheme_own', ok],
  ['com.googleusercontent.apps.123-abc:/oauth2redirect', 'scheme_own', ok],
  ['com.example.app:/a/../callback', 'scheme_own', 'normal_form'],
  ['com.example.app://user@callback', 'scheme_own', 'user'],
  ['com.example.app:callback', 'scheme_own', 'path'],
  ['com.example.app:', 'scheme_own', 'path'],
  ['com.example.app:/"x', 'scheme_own', 'characters'],
  both('com.example.app:/#x', 'fragment'),
  both('Com.Example.App:/callback', 'scheme_case'),
  badScheme('myapp:/callback'),
  badScheme('myapp://callback'),
  badScheme('com..app:/callback'),
  badScheme('com.example.:/callback'),
  // Schemes of known programs
  ['cursor://anysphere.cursor-mcp/oauth/callback', 'scheme_own', ok],
  ['vscode://vendor.ext/cb', 'scheme_own', ok],
  ['vscode-insiders://vendor.ext/cb', 'scheme_own', ok],
  ['cursor:callback', 'scheme_own', 'path'],
  badScheme('curs0r://anysphere.cursor-mcp/oauth/callback'),
  // Parameters of the response
  both('https://app.example.com/cb?state=mine', 'parameter'),
  both('https://app.example.com/cb?a=b&code', 'parameter'),
  both('https://app.example.com/cb?%63ode=1', 'parameter'),
  both('https://app.example.com/cb?iss=x', 'parameter'),
  both('https://app.example.com/cb?error=x', 'parameter'),
  both('http://127.0.0.1/cb?error_description=x', 'parameter'),
  ['com.example.app:/cb?state=1', 'scheme_own', 'parameter'],
  both('https://app.example.com/cb?State=mine&codes=1', ok),
  both('https://app.example.com/cb?next=/a%20b&flag&sig=a~b%2Bc', ok),
  // Everything else
  both('', 'empty'),
  both('/callback', 'relative'),
  both('//app.example.com/callback', 'relative'),
  both('app.example.com/callback', 'relative'),
  both('?x=1', 'relative'),
  badScheme('javascript:alert(1)'),
  both('JavaScript:alert(1)', 'scheme_case'),
  badScheme('data:text/html,hello'),
  badScheme('file:///etc/passwd'),
  badScheme('blob:https://app.example.com/1'),
  badScheme('vbscript:x'),
  badScheme('about:blank'),
  badScheme('ws://app.example.com/'),
  badScheme('wss://app.example.com/'),
  badScheme('ftp://app.example.com/'),
  badScheme('mailto:ada@example.com'),
  badScheme('intent://x'),
  badScheme('view-source:https://app.example.com/'),
  badScheme('urn:ietf:wg:oauth:2.0:oob'),
  both(`https://app.example.com/${'x'.repeat(1976)}`, ok),
  both(`https://app.example.com/${'x'.repeat(1977)}`, 'long'),
];

describe('Redirect URI', () => {
  for (const [uri, confidential, forPublic] of ROWS) {
    for (const [clientType, expected] of [
      ['confidential', confidential],
      ['public', forPublic],
    ] as const) {
      const verdict = expected === undefined ? 'accepted' : 'refused';
      test(`${JSON.stringify(uri).slice(0, 80)} is ${verdict} for a ${clientType} application`, () => {
        assert.equal(checkRedirectUri(uri, clientType)?.code, expected);
      });
    }
  }

  test('a scheme of CUSTOM_SCHEMES is accepted for a public application', () => {
    const check = (uri: string, type: 'public' | 'confidential' = 'public') =>
      checkRedirectUri(uri, type, ['myapp'])?.code;
    assert.equal(check('myapp://callback'), undefined);
    assert.equal(check('myapp://callback', 'confidential'), 'scheme_own');
    assert.equal(check('myapp2://callback'), 'scheme_public');
    assert.equal(check('javascript:/x'), 'scheme_public');
  });

  test('1 to 20 different redirect URIs are accepted', () => {
    const uris = Array.from({ length: 21 }, (_, index) => `https://app.example.com/${index}`);
    assert.deepEqual(redirectUriErrors(uris.slice(0, 20), 'confidential'), []);
    assert.deepEqual(redirectUriErrors(uris, 'confidential'), [
      'At most 20 redirect URIs are possible.',
    ]);
    assert.deepEqual(redirectUriErrors([], 'public'), ['At least one redirect URI is needed.']);
    assert.deepEqual(redirectUriErrors(['https://a.example/', 'https://a.example/'], 'public'), [
      '"https://a.example/" is there twice.',
    ]);
  });

  test('each refused URI of a list has a sentence', () => {
    const problems = redirectUriErrors(
      ['http://a.example/', 'https://b.example/', '*'],
      'confidential',
    );
    assert.deepEqual(problems, [
      `"http://a.example/": ${textFor('redirect_uri.http')}`,
      `"*": ${textFor('redirect_uri.wildcard')}`,
    ]);
  });
});
