import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import Koa from 'koa';
import pg from 'pg';
import { hashOf, newCredential } from '../../src/lib/credentials.ts';
import { reportUsage } from './report-usage.ts';

/*
 * The least that Koa and pg can do: read the form, hash the token, send one prepared statement,
 * answer with JSON.
 */

/** Authenticates no caller and reads no organizers. */
const INTROSPECT = {
  name: 'introspect',
  text: `select t.scopes, t.expires_at, g.client_id, g.user_id
    from access_tokens t
    join grants g on g.id = t.grant_id
    join applications a on a.client_id = g.client_id
    where t.token_hash = $1 and t.expires_at > now() and t.superseded_at is null
      and g.revoked_at is null and a.is_active`,
};

/** The prototype of a refresh in one statement. It cannot detect re-use or replay a response. */
const REFRESH = {
  name: 'refresh',
  text: `with consumed as (
      update refresh_tokens t set consumed_at = now()
        from grants g
        join applications a on a.client_id = g.client_id and a.is_active and a.suspended_at is null
        join application_secrets s on s.client_id = a.client_id and s.secret_hash = $2
        join users u on u.id = g.user_id and u.is_active
        where t.token_hash = $1 and t.consumed_at is null and t.expires_at > now()
          and g.id = t.grant_id and g.revoked_at is null and g.expires_at > now()
        returning t.grant_id, t.family_id, t.scopes, t.rotations, t.first_issued_at
    ), superseded as (
      update access_tokens t set superseded_at = now()
        from consumed c where t.family_id = c.family_id and t.superseded_at is null
    ), used as (
      update grants g set last_used_at = now(), expires_at = now() + interval '90 days'
        from consumed c where g.id = c.grant_id
    ), access_token as (
      insert into access_tokens (token_hash, grant_id, family_id, scopes, issued_at, expires_at)
        select $3, grant_id, family_id, scopes, now(), now() + interval '1 hour' from consumed
    ), refresh_token as (
      insert into refresh_tokens (token_hash, grant_id, family_id, scopes, rotations,
                                  first_issued_at, issued_at, expires_at)
        select $4, grant_id, family_id, scopes, rotations + 1, first_issued_at, now(),
               now() + interval '90 days'
          from consumed
    )
    select scopes from consumed`,
};

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const app = new Koa();

app.use(async (ctx) => {
  const form = new URLSearchParams(await text(ctx.req));
  ctx.body = ctx.path === '/refresh' ? await refresh(ctx, form) : await introspect(form);
});

async function introspect(form: URLSearchParams): Promise<object> {
  const values = [hashOf(form.get('token') ?? '')];
  const { rows } = await pool.query({ ...INTROSPECT, values });
  const [row] = rows;
  return row === undefined
    ? { active: false }
    : { active: true, scope: row.scopes.join(' '), client_id: row.client_id, sub: row.user_id };
}

async function refresh(ctx: Koa.Context, form: URLSearchParams): Promise<object> {
  const [, basic = ''] = ctx.get('authorization').split(' ');
  const [, secret = ''] = Buffer.from(basic, 'base64').toString().split(':');
  const access = newCredential('sda');
  const refreshToken = newCredential('sdr');
  const presented = form.get('refresh_token') ?? '';
  const values = [presented, secret, access, refreshToken].map((value) => hashOf(value));
  const { rows } = await pool.query({ ...REFRESH, values });
  const [row] = rows;
  ctx.status = row === undefined ? 400 : 200;
  return row === undefined
    ? { error: 'invalid_grant' }
    : {
        access_token: access,
        refresh_token: refreshToken,
        token_type: 'Bearer',
        expires_in: 3600,
        scope: row.scopes.join(' '),
      };
}

const server = createServer(app.callback()).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' ? address?.port : undefined;
reportUsage(`http://127.0.0.1:${port}`, async () => {
  server.close();
  server.closeAllConnections();
  await pool.end();
});
