import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { newDpopKey, newProof } from '../support/dpop.ts';
import { withPlatform } from '../support/fixture.ts';
import { authorize } from '../support/flow.ts';

const TOKEN = '/api/v1/oauth/token';
const BAD = 'HTTP/1.1 400 Bad Request';

describe('Request line', () => {
  const { server, platform } = withPlatform({ TRUST_PROXY: '0' });

  /** Sends a raw request and returns the whole response. */
  async function send(
    requestLine: string,
    headers: Readonly<Record<string, string>> = {},
    body = '',
  ): Promise<{ status: string; head: string; body: string }> {
    const { hostname, port } = new URL(server.issuer);
    const socket = connect(Number(port), hostname);
    const fields = Object.entries({
      host: `${hostname}:${port}`,
      connection: 'close',
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(Buffer.from(`${requestLine}\r\n${fields.join('')}\r\n${body}`, 'latin1'));
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    await once(socket, 'close');
    const [head = '', ...rest] = text.split('\r\n\r\n');
    return { status: head.split('\r\n')[0] ?? '', head, body: rest.join('\r\n\r\n') };
  }

  /** Redeems a new code with a proof for the token endpoint at `origin`. */
  async function redeem(target: string, origin: string) {
    const { application, ada } = platform;
    const { parameters, redirectUri, codeVerifier } = await authorize(server, {
      application,
      user: ada,
      parameters: { approval_prompt: 'force' },
    });
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: parameters.code ?? '',
      redirect_uri: redirectUri,
      code_verifier: codeVerifier ?? '',
      client_id: application.clientId,
      client_secret: application.clientSecret ?? '',
    });
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      dpop: await newProof(await newDpopKey(), { url: `${origin}${TOKEN}` }),
    };
    return send(`POST ${target} HTTP/1.1`, headers, form.toString());
  }

  test('with another authority: no token for a proof that names that authority', async () => {
    const { status, body } = await redeem(`https://evil.example${TOKEN}`, 'https://evil.example');
    assert.equal(status, BAD);
    assert.match(JSON.parse(body).error_description, /request target/);
  });

  test('in absolute form: a proof must still name the issuer’s URL', async () => {
    const origin = server.issuer.replace('localhost', 'LOCALHOST');
    const own = await redeem(`${origin}${TOKEN}`, server.issuer);
    assert.equal(own.status, 'HTTP/1.1 200 OK', own.body);
    assert.equal(JSON.parse(own.body).token_type, 'DPoP');
    const other = await redeem(`${origin}${TOKEN}`, 'https://evil.example');
    assert.equal(JSON.parse(other.body).error, 'invalid_dpop_proof');
  });

  test('in absolute form with the server’s own host: served (RFC 9112 section 3.2.2)', async () => {
    const { host, port } = new URL(server.issuer);
    for (const target of [
      `http://${host}/healthz`,
      `HTTP://${host.toUpperCase()}/healthz`,
      `https://${host}/healthz?a=b`,
      '/healthz',
      '/healthz?a=\\b',
      '/healthz?next=//evil.example',
      `/healthz?http://localhost:${port}/`,
    ]) {
      // The host of the target has priority, and neither host appears in the response.
      const { status, head } = await send(`GET ${target} HTTP/1.1`, { host: 'evil.example' });
      assert.equal(status, 'HTTP/1.1 200 OK', target);
      assert.doesNotMatch(head, /evil/);
    }
    assert.equal((await send(`GET http://${host} HTTP/1.1`)).status, 'HTTP/1.1 200 OK');
    assert.equal((await send(`GET http://${host}?a HTTP/1.1`)).status, 'HTTP/1.1 200 OK');
  });

  test('that is not a path of this server: 400', async () => {
    const { host } = new URL(server.issuer);
    for (const target of [
      '*',
      'http://',
      'http://[',
      'http:///healthz',
      'http://[::1',
      'http:/healthz',
      `http://user@${host}/healthz`,
      `http://user:password@${host}/healthz`,
      `http://evil.example@${host}/healthz`,
      `http://${host}@evil.example/healthz`,
      `http://${host}\\@evil.example/healthz`,
      `http://${host}.evil.example/healthz`,
      `http://${host}0/healthz`,
      'http://evil.example/healthz',
      'https://evil.example',
      'ftp://evil.example/healthz',
      `ws://${host}/healthz`,
      `http://${host}//evil.example/healthz`,
      'evil.example:443',
      'evil.example/healthz',
      'healthz',
      '//evil.example/healthz',
      '///healthz',
      '/\\evil.example/healthz',
      '\\\\evil.example/healthz',
      '/healthz\\',
      '/healthz#fragment',
      '/healthz?a#fragment',
      '/healthz\x00',
      '/healthz\x7f',
      '/heal\tthz',
      '/healthz\xe9',
      '/healthz?a=\xe9',
      '/healthz%00',
      '/api/v1/users/%00/',
      '/api/v1/users/a%0d%0aset-cookie:x/',
      '/account/applications/%1F',
      '/account/applications/%7f',
    ]) {
      const { status, head, body } = await send(`GET ${target} HTTP/1.1`);
      assert.equal(status, BAD, JSON.stringify(target));
      assert.match(head, /\r\nX-Content-Type-Options: nosniff/i, JSON.stringify(target));
      // Responses of Node.js's parser have no body.
      assert.ok(body === '' || JSON.parse(body).error === 'invalid_request', body);
    }
  });

  test('with CONNECT: 400', async () => {
    assert.equal((await send('CONNECT evil.example:443 HTTP/1.1')).status, BAD);
  });

  test('that is refused: the connection stays usable, and the body is discarded', async () => {
    const { status } = await send(
      'POST https://evil.example/ HTTP/1.1',
      { 'content-type': 'text/plain' },
      'x'.repeat(300_000),
    );
    assert.equal(status, BAD);
  });
});
