import { sql } from 'kysely';
import { createPlatform, registerApplication } from '../support/factories.ts';
import { authorizationUrl, challengeOf } from '../support/flow.ts';
import { startServer } from '../support/server.ts';
import { growth, storedBytes } from '../support/stored-bytes.ts';

/*
 * Measures how much anonymous requests store: 2,000 authorization requests of about 2 kB, and 500
 * pushed requests of 50 kB by a public application. Run it by: npm run bench:flood
 */

const server = await startServer();
const { db } = server.database;
const { application } = await createPlatform(server);
const open = await registerApplication(server, { owner: 'ben', clientType: 'public' });

const parameters = (clientId: string, state: string) => ({
  response_type: 'code',
  client_id: clientId,
  redirect_uri: application.redirectUri,
  code_challenge: challengeOf('x'.repeat(43)),
  code_challenge_method: 'S256',
  state,
});
const random = (length: number) =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(length)))
    .toString('base64url')
    .slice(0, length);

async function flood(name: string, count: number, send: () => Promise<Response>): Promise<void> {
  const before = await storedBytes(server.database);
  const diskBefore = await disk();
  const statuses = new Map<number, number>();
  for (let sent = 0; sent < count; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, send));
    for (const { status } of answers) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  }
  console.log(`${name}: ${count} requests`, Object.fromEntries(statuses));
  for (const { table, rows, bytes } of growth(before, await storedBytes(server.database))) {
    console.log(`  ${table}: ${rows} rows, ${Math.round(bytes / count)} bytes per request`);
  }
  const grown = (await disk()) - diskBefore;
  console.log(`  pg_total_relation_size: ${Math.round(grown / count)} bytes per request`);
}

async function disk(): Promise<number> {
  const { rows } = await sql<{ bytes: string }>`
    select sum(pg_total_relation_size(oid)) as bytes from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace
  `.execute(db);
  return Number(rows[0]?.bytes);
}

await flood('anonymous authorize, state of 2 kB', 2000, () =>
  fetch(authorizationUrl(server, parameters(application.clientId, random(2000))), {
    redirect: 'manual',
  }),
);
await flood('pushed requests of 50 kB by a public application', 500, () =>
  fetch(`${server.issuer}/api/v1/oauth/par`, {
    method: 'POST',
    body: new URLSearchParams(parameters(open.clientId, random(50_000))),
  }),
);
await server.close();
