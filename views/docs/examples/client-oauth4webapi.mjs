import { createInterface } from 'node:readline/promises';
import * as oauth from 'oauth4webapi';

const issuer = new URL('{{issuer}}');
const client = { client_id: '{{client_id}}' };
// Empty for a public application. In production, read it from the environment.
const clientSecret = '{{client_secret}}';
const redirectUri = '{{redirect_uri}}';
const scope = '{{scope}}';
const authentication = clientSecret ? oauth.ClientSecretBasic(clientSecret) : oauth.None();
// http is allowed only for a server on your own machine.
const options = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:' };

// Finds the endpoints in the server's metadata.
const server = await oauth.processDiscoveryResponse(
  issuer,
  await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...options }),
);

// 1. Send the user to the authorization endpoint.
const state = oauth.generateRandomState();
const codeVerifier = oauth.generateRandomCodeVerifier();
const link = new URL(server.authorization_endpoint);
link.search = new URLSearchParams({
  response_type: 'code',
  client_id: client.client_id,
  redirect_uri: redirectUri,
  scope,
  state,
  code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
  code_challenge_method: 'S256',
}).toString();
console.log(`Open this address in a browser:\n${link}`);

// 2. The user returns to the redirect URI. In a web application, this is one of your routes.
console.log('Paste the address that the browser was sent to afterwards:');
const terminal = createInterface({ input: process.stdin });
const sentBack = new URL(await terminal.question(''));
terminal.close();
// Compares state and iss. Throws if the user denied the access.
const answer = oauth.validateAuthResponse(server, client, sentBack, state);

// 3. Exchange the code for tokens.
let tokens = await oauth.processAuthorizationCodeResponse(
  server,
  client,
  await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    answer,
    redirectUri,
    codeVerifier,
    options,
  ),
);
// The user may have allowed less than you requested.
const allowed = tokens.scope.split(' ');
console.log(`Allowed: ${allowed.join(' ')}`);

// 4. Call the API. Throws if the API responds with an error.
async function get(path) {
  const url = new URL(path, issuer);
  const { access_token: token } = tokens;
  const response = await oauth.protectedResourceRequest(
    token,
    'GET',
    url,
    undefined,
    undefined,
    options,
  );
  return response.text();
}
if (allowed.includes('read') || allowed.includes('write')) {
  console.log(await get('/api/v1/organizers/'));
}
if (allowed.includes('profile')) {
  console.log(await get('/api/v1/me'));
}

// 5. Refresh. Store both new tokens: the old ones have ended.
tokens = await oauth.processRefreshTokenResponse(
  server,
  client,
  await oauth.refreshTokenGrantRequest(
    server,
    client,
    authentication,
    tokens.refresh_token,
    options,
  ),
);
console.log('Refreshed');

// 6. End the authorization.
await oauth.processRevocationResponse(
  await oauth.revocationRequest(server, client, authentication, tokens.refresh_token, options),
);
console.log('Revoked');
