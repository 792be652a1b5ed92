import type { Application } from '../application.ts';

/**
 * Returns a shell script that gets a first token with curl. It has the application's client ID and
 * redirect URI, and a placeholder for the secret.
 */
export function curlExample(issuer: string, application: Application): string {
  const confidential = application.clientType === 'confidential';
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: application.clientId,
    redirect_uri: redirectUriOf(application),
    scope: application.scopes.join(' '),
  });
  const tokenLines = [
    `curl ${shell(`${issuer}/api/v1/oauth/token`)}`,
    ...(confidential
      ? [`  --user ${shell(application.clientId)}:"$CLIENT_SECRET"`]
      : [`  --data client_id=${shell(application.clientId)}`]),
    '  --data grant_type=authorization_code',
    '  --data-urlencode code="$CODE"',
    `  --data-urlencode redirect_uri=${shell(redirectUriOf(application))}`,
    '  --data code_verifier="$VERIFIER"',
  ];
  return [
    ...(confidential ? ["CLIENT_SECRET='your client secret'", ''] : []),
    'VERIFIER=$(openssl rand -hex 32)',
    `CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')`,
    'echo "Open this in a browser, and allow the access:"',
    `echo ${shell(`${issuer}/api/v1/oauth/authorize?${query}`)}"&code_challenge=$CHALLENGE&code_challenge_method=S256"`,
    '',
    'echo "Then paste the code= of the address that you come back to:"',
    'read -r CODE',
    '',
    tokenLines.join(' \\\n'),
  ].join('\n');
}

/** Returns a Node.js program that gets a first token and checks the authorization response. */
export function javascriptExample(issuer: string, application: Application): string {
  const confidential = application.clientType === 'confidential';
  return `import { createHash, randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';

const issuer = ${script(issuer)};
const clientId = ${script(application.clientId)};
${confidential ? "const clientSecret = 'your client secret';\n" : ''}const redirectUri = ${script(redirectUriOf(application))};

const verifier = randomBytes(32).toString('base64url');
const state = randomBytes(16).toString('base64url');
const authorize = new URL('/api/v1/oauth/authorize', issuer);
authorize.search = new URLSearchParams({
  response_type: 'code',
  client_id: clientId,
  redirect_uri: redirectUri,
  scope: ${script(application.scopes.join(' '))},
  state,
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
});

const terminal = createInterface({ input: process.stdin, output: process.stdout });
console.log(\`Open this in a browser, and allow the access:\\n\${authorize}\\n\`);
const back = new URL(await terminal.question('Then paste the address that you come back to: '));
terminal.close();
const answer = Object.fromEntries(back.searchParams);
if (answer.state !== state || answer.iss !== issuer) {
  throw new Error('That is not the answer to this request.');
}
if (answer.error) {
  throw new Error(\`\${answer.error}: \${answer.error_description}\`);
}

const response = await fetch(new URL('/api/v1/oauth/token', issuer), {
  method: 'POST',
${confidential ? "  headers: { authorization: 'Basic ' + btoa(clientId + ':' + clientSecret) },\n" : ''}  body: new URLSearchParams({
    grant_type: 'authorization_code',
${confidential ? '' : '    client_id: clientId,\n'}    code: answer.code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  }),
});
console.log(response.status, await response.json());`;
}

/** Returns the first redirect URI. Every application has one. */
function redirectUriOf(application: Application): string {
  return application.redirectUris[0] ?? 'https://app.example.com/callback';
}

/** Quotes a word for a shell. */
export function shell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Quotes a string for JavaScript. */
function script(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
