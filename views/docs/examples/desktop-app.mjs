import { createServer } from 'node:http';
import * as client from 'openid-client';

const issuer = new URL('{{issuer}}');
// http is allowed only for a server on your own machine.
const execute = issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [];
const config = await client.discovery(issuer, '{{client_id}}', undefined, client.None(), {
  execute,
});

// The redirect URI http://127.0.0.1/callback covers every port.
const browser = Promise.withResolvers();
const web = createServer((request, response) => {
  const url = new URL(request.url, redirectUri);
  if (url.pathname === '/callback') {
    response.setHeader('connection', 'close').end('You can close this window.');
    browser.resolve(url);
  } else {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => web.listen(0, '127.0.0.1', resolve));
const redirectUri = `http://127.0.0.1:${web.address().port}/callback`;

const codeVerifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const link = client.buildAuthorizationUrl(config, {
  redirect_uri: redirectUri,
  scope: '{{scope}}',
  state,
  code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
  code_challenge_method: 'S256',
});
// Open this link in the system browser.
console.log(link.href);
console.log('Waiting for the browser');
const sentBack = await browser.promise;
web.close();

// Compares state and iss. Throws if the user denied the access.
let tokens = await client.authorizationCodeGrant(config, sentBack, {
  pkceCodeVerifier: codeVerifier,
  expectedState: state,
});
console.log(`Allowed: ${tokens.scope}`);

const organizers = new URL('/api/v1/organizers/', issuer);
const answer = await client.fetchProtectedResource(config, tokens.access_token, organizers, 'GET');
console.log(await answer.text());

// Store both new tokens: the old ones have ended.
tokens = await client.refreshTokenGrant(config, tokens.refresh_token);
console.log('Refreshed');

await client.tokenRevocation(config, tokens.refresh_token);
console.log('Revoked');
