import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkRedirectUri, checkRedirectUris } from '../../src/applications/redirect-uri.ts';

const ok = undefined;
const http = /http is possible for 127\.0\.0\.1, \[::1\] and localhost only/;
const scheme = /^The scheme .* is not possible\. Give an https URL/;
const absolute = /not an absolute URI\. Give an https URL/;
const address = /IP address is possible on loopback only\. Give an https URL/;
const oddAddress = /IP address is not written in its usual form\. (Write it as|Give an https URL)/;
const normal = /not in its normal form\. Write it as /;
const characters = /character that a URI can't have/;
const spaces = /a space, a control character or a backslash/;
const user = /user name or password is not possible/;
const noHost = /no host, or one that can't be\. Give an https URL/;
const hostName = /is not a host name\. Give an https URL/;
const fragment = /fragment \(#…\) is not possible/;
const wildcard = /Wildcards \(\*\) are not possible/;
const lowerCase = /scheme is not in lower case\. Write it as [a-z.]+:/;
const publicOnly = /scheme of its own is for public applications/;
const loopbackTls = /loopback without TLS .* Use http:/;
const path = /a path has to follow\. Write it as com\.example\.app:\/callback/;

type Row = [uri: string, confidential: RegExp | undefined, forPublic: RegExp | undefined];
const both = (uri: string, verdict: RegExp | undefined): Row => [uri, verdict, verdict];

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
  both('https://app.example.com:443/callback', normal),
  both('https://app.example.com:08443/callback', normal),
  both('https://App.Example.com/callback', normal),
  both('HTTPS://app.example.com/callback', lowerCase),
  both('https://app.example.com?x=1', normal),
  both('https://app.example.com/a/../callback', normal),
  both('https://app.example.com/a/%2e%2e/callback', normal),
  both('https://app.example.com/./callback', normal),
  both('https:app.example.com/callback', noHost),
  both('https:/app.example.com/callback', noHost),
  both('https:///app.example.com/callback', noHost),
  both('https://', noHost),
  both('https://:443/callback', noHost),
  both('https://app.example.com:99999/callback', noHost),
  both('https://app.example.com./callback', hostName),
  both('https://app..example.com/callback', hostName),
  both('https://a;b.example.com/callback', hostName),
  both("https://a'b.example.com/callback", hostName),
  both('https://app.example.com/#fragment', fragment),
  both('https://app.example.com/#', fragment),
  both('https://*.example.com/callback', wildcard),
  both('https://app.example.com/*', wildcard),
  both('https://user@app.example.com/', user),
  both('https://user:password@app.example.com/', user),
  both('https://app.example.com@evil.example/', user),
  both('https://@app.example.com/', user),
  both('https://app.example.com\\@evil.example/', spaces),
  both('https://app.example.com/a b', spaces),
  both(' https://app.example.com/', spaces),
  both('https://app.example.com/\n', spaces),
  both('https://app.example.com/\u0000', spaces),
  both('https://app.example.com/\u00a0', spaces),
  both('https://app.example.com/bühne', characters),
  both('https://bühne.example/callback', characters),
  both('https://app.example.com/"onload', characters),
  both('https://app.example.com/<script>', characters),
  both('https://app.example.com/%zz', characters),
  both('https://app.example.com/?x={y}', characters),
  both('https://app.example.com/\ud800', characters),
  // Addresses
  both('https://192.0.2.1/callback', address),
  both('https://10.0.0.1:8443/callback', address),
  both('https://[2001:db8::1]/callback', address),
  both('https://127.0.0.2/callback', address),
  both('https://0.0.0.0/callback', address),
  both('https://[::ffff:7f00:1]/callback', address),
  both('https://0x7f.1/callback', oddAddress),
  both('https://2130706433/callback', oddAddress),
  both('https://127.1/callback', oddAddress),
  both('http://127.1/callback', oddAddress),
  both('http://0x7f000001:8080/callback', oddAddress),
  both('http://0177.0.0.1/callback', oddAddress),
  both('http://127.0.0.1./callback', oddAddress),
  both('http://[0:0:0:0:0:0:0:1]/callback', oddAddress),
  both('https://3232235777/callback', oddAddress),
  both('https://1.2.3/callback', oddAddress),
  both('https://[::1/callback', noHost),
  both('https://1.2.3.256/callback', noHost),
  // http
  both('http://127.0.0.1/callback', ok),
  both('http://127.0.0.1:53682/callback', ok),
  both('http://[::1]:53682/callback', ok),
  both('http://localhost:3000/callback', ok),
  both('http://localhost', ok),
  both('http://localhost:80/callback', normal),
  both('http://LOCALHOST/callback', normal),
  both('http://localhost./callback', hostName),
  both('http://app.localhost/callback', http),
  both('http://localhost.evil.example/callback', http),
  both('http://app.example.com/callback', http),
  both('http://127.0.0.2/callback', http),
  both('http://127.0.0.1.example.com/callback', http),
  both('http://0.0.0.0/callback', http),
  both('http://192.168.0.10/callback', http),
  // https on loopback
  ['https://localhost:3000/callback', ok, loopbackTls],
  ['https://127.0.0.1:3000/callback', ok, loopbackTls],
  ['https://[::1]/callback', ok, loopbackTls],
  // Private-use schemes
  ['com.example.app:/callback', publicOnly, ok],
  ['com.example.app:/', publicOnly, ok],
  ['com.example.app://callback', publicOnly, ok],
  ['com.example.my-app:/callback?x=1', publicOnly, ok],
  ['com.googleusercontent.apps.123-abc:/oauth2redirect', publicOnly, ok],
  ['com.example.app:/a/../callback', publicOnly, normal],
  ['com.example.app://user@callback', publicOnly, user],
  ['com.example.app:callback', publicOnly, path],
  ['com.example.app:', publicOnly, path],
  ['com.example.app:/"x', publicOnly, characters],
  both('com.example.app:/#x', fragment),
  both('Com.Example.App:/callback', lowerCase),
  both('myapp:/callback', scheme),
  both('myapp://callback', scheme),
  both('com..app:/callback', scheme),
  both('com.example.:/callback', scheme),
  // Everything else
  both('', /It is empty\. Give an https URL/),
  both('/callback', absolute),
  both('//app.example.com/callback', absolute),
  both('app.example.com/callback', absolute),
  both('?x=1', absolute),
  both('javascript:alert(1)', scheme),
  both('JavaScript:alert(1)', lowerCase),
  both('data:text/html,hello', scheme),
  both('file:///etc/passwd', scheme),
  both('blob:https://app.example.com/1', scheme),
  both('vbscript:x', scheme),
  both('about:blank', scheme),
  both('ws://app.example.com/', scheme),
  both('wss://app.example.com/', scheme),
  both('ftp://app.example.com/', scheme),
  both('mailto:ada@example.com', scheme),
  both('intent://x', scheme),
  both('view-source:https://app.example.com/', scheme),
  both('urn:ietf:wg:oauth:2.0:oob', scheme),
  both(`https://app.example.com/${'x'.repeat(1976)}`, ok),
  both(`https://app.example.com/${'x'.repeat(1977)}`, /longer than 2000 characters/),
];

describe('A redirect URI that a developer registers', () => {
  for (const [uri, confidential, forPublic] of ROWS) {
    for (const [clientType, expected] of [
      ['confidential', confidential],
      ['public', forPublic],
    ] as const) {
      const verdict = expected === undefined ? 'accepted' : 'refused';
      test(`${JSON.stringify(uri).slice(0, 80)} is ${verdict} for a ${clientType} application`, () => {
        const problem = checkRedirectUri(uri, clientType);
        if (expected === undefined) {
          assert.equal(problem, undefined);
        } else {
          assert.match(problem ?? 'accepted', expected);
        }
      });
    }
  }

  test('twenty may be registered, no more, none twice, at least one', () => {
    const uris = Array.from({ length: 21 }, (_, index) => `https://app.example.com/${index}`);
    assert.deepEqual(checkRedirectUris(uris.slice(0, 20), 'confidential'), []);
    assert.deepEqual(checkRedirectUris(uris, 'confidential'), [
      'At most 20 redirect URIs are possible.',
    ]);
    assert.deepEqual(checkRedirectUris([], 'public'), ['At least one redirect URI is needed.']);
    assert.deepEqual(checkRedirectUris(['https://a.example/', 'https://a.example/'], 'public'), [
      '"https://a.example/" is there twice.',
    ]);
  });

  test('what is wrong with each of several is told', () => {
    const problems = checkRedirectUris(
      ['http://a.example/', 'https://b.example/', '*'],
      'confidential',
    );
    assert.equal(problems.length, 2);
    assert.match(problems[0] ?? '', /^"http:\/\/a\.example\/": http is possible/);
    assert.match(problems[1] ?? '', /^"\*": Wildcards/);
  });
});
