import { createHash, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';

const issuer = '{{issuer}}';
const clientId = '{{client_id}}';
// Empty for a public application. In production, read it from the environment.
const clientSecret = '{{client_secret}}';
const redirectUri = '{{redirect_uri}}';
const scope = '{{scope}}';

/** Posts to an OAuth endpoint. Throws the error of the response. */
async function post(endpoint, parameters) {
  const headers = { accept: 'application/json' };
  const body = new URLSearchParams(parameters);
  if (clientSecret) {
    const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    headers.authorization = `Basic ${credentials}`;
  } else {
    body.set('client_id', clientId);
  }
  const response = await fetch(`${issuer}/api/v1/oauth/${endpoint}`, {
    method: 'POST',
    headers,
    body,
  });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${endpoint}: ${response.status} ${text}`);
  }
  return text === '' ? {} : JSON.parse(text);
}

/** Calls the API with an access token. */
async function get(path, accessToken) {
  const response = await fetch(issuer + path, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  if (!response.ok) {
    throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }
  return response.text();
}

// 1. Send the user to the authorization endpoint.
const state = randomBytes(16).toString('base64url');
const codeVerifier = randomBytes(32).toString('base64url');
const link = new URL('/api/v1/oauth/authorize', issuer);
link.search = new URLSearchParams({
  response_type: 'code',
  client_id: clientId,
  redirect_uri: redirectUri,
  scope,
  state,
  code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
  code_challenge_method: 'S256',
}).toString();
console.log(`Open this address in a browser:\n${link}`);

// 2. The user returns to the redirect URI. In a web application, this is one of your routes.
console.log('Paste the address that the browser was sent to afterwards:');
const terminal = createInterface({ input: process.stdin });
const sentBack = new URL(await terminal.question(''));
terminal.close();
const answer = Object.fromEntries(sentBack.searchParams);
if (answer.state !== state || answer.iss !== issuer) {
  throw new Error('The response does not belong to this request.');
}
if (answer.code === undefined) {
  throw new Error(`Not allowed: ${answer.error}`);
}

// 3. Exchange the code for tokens.
let tokens = await post('token', {
  grant_type: 'authorization_code',
  code: answer.code,
  redirect_uri: redirectUri,
  code_verifier: codeVerifier,
});
// The user may have allowed less than you requested.
const allowed = tokens.scope.split(' ');
console.log(`Allowed: ${allowed.join(' ')}`);

// 4. Call the API.
if (allowed.includes('read') || allowed.includes('write')) {
  console.log(await get('/api/v1/organizers/', tokens.access_token));
}
if (allowed.includes('profile')) {
  console.log(await get('/api/v1/me', tokens.access_token));
}

// 5. Refresh. Store both new tokens: the old ones have ended.
tokens = await post('token', {
  grant_type: 'refresh_token',
  refresh_token: tokens.refresh_token,
});
console.log('Refreshed');

// 6. End the authorization.
await post('revoke_token', { token: tokens.refresh_token });
console.log('Revoked');
