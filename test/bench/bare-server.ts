import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import Koa from 'koa';
import pg from 'pg';
import { reportUsage } from './report-usage.ts';

/**
 * The least that Koa and pg can do for an introspection: read the form, hash the token, one
 * prepared SELECT over three tables, a JSON answer. No caller is authenticated and no organizers
 * are looked up.
 */
const QUERY = {
  name: 'introspect',
  text: `select t.scopes, t.expires_at, g.client_id, g.user_id
    from access_tokens t
    join grants g on g.id = t.grant_id
    join applications a on a.client_id = g.client_id
    where t.token_hash = $1 and t.expires_at > now() and t.superseded_at is null
      and g.revoked_at is null and a.is_active`,
};

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const app = new Koa();

app.use(async (ctx) => {
  const token = new URLSearchParams(await text(ctx.req)).get('token') ?? '';
  const values = [createHash('sha256').update(token).digest()];
  const { rows } = await pool.query({ ...QUERY, values });
  const [row] = rows;
  ctx.body =
    row === undefined
      ? { active: false }
      : { active: true, scope: row.scopes.join(' '), client_id: row.client_id, sub: row.user_id };
});

const server = createServer(app.callback()).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' ? address?.port : undefined;
reportUsage(`http://127.0.0.1:${port}`, async () => {
  server.close();
  server.closeAllConnections();
  await pool.end();
});
