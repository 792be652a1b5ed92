import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';
import pg from 'pg';
import { REDIRECT_URI, SCOPES, STOCK_CALLER, STOCK_CLIENT } from './data.ts';
import { reportUsage } from './report-usage.ts';
import { memoryAdapters } from './stock/memory-adapter.ts';
import { fillModels, postgresAdapters } from './stock/postgres-adapter.ts';

/*
 * An unmodified oidc-provider with the features that Stagedoor has too: opaque tokens, rotation,
 * PKCE, introspection, and pages for sign-in and consent. The pages check nothing.
 */

const { PORT, DATABASE_URL } = process.env;
const issuer = `http://localhost:${PORT}`;
const pool = DATABASE_URL ? new pg.Pool({ connectionString: DATABASE_URL, max: 10 }) : undefined;
if (pool !== undefined) {
  await fillModels(pool);
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const client = ({ clientId, clientSecret }: typeof STOCK_CLIENT) => ({
  client_id: clientId,
  client_secret: clientSecret,
  redirect_uris: [REDIRECT_URI],
  grant_types: ['authorization_code', 'refresh_token'],
});
const provider = new Provider(issuer, {
  adapter: pool === undefined ? memoryAdapters() : postgresAdapters(pool),
  clients: [client(STOCK_CLIENT), client(STOCK_CALLER)],
  cookies: { keys: ['cookie-key-of-the-benchmark-0123456789'] },
  features: { devInteractions: { enabled: false }, introspection: { enabled: true } },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  jwks: { keys: [privateKey.export({ format: 'jwk' })] },
  issueRefreshToken: () => true,
  rotateRefreshToken: () => true,
  expiresWithSession: () => false,
  responseTypes: ['code'],
  routes: {
    authorization: '/api/v1/oauth/authorize',
    token: '/api/v1/oauth/token',
    introspection: '/api/v1/oauth/introspect',
  },
  scopes: [...SCOPES],
  ttl: {
    AccessToken: 3600,
    AuthorizationCode: 60,
    Grant: 90 * 86_400,
    Interaction: 3600,
    RefreshToken: 90 * 86_400,
    Session: 14 * 86_400,
  },
});

const PAGES = {
  login: '<form method="post"><input name="email"><input name="password" type="password"></form>',
  consent: '<form method="post"><button name="decision" value="allow">Allow</button></form>',
};

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) {
    return next();
  }
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  const isLogin = details.prompt.name === 'login';
  if (ctx.method === 'GET') {
    ctx.type = 'html';
    ctx.body = `<!doctype html><title>Sign in</title>${isLogin ? PAGES.login : PAGES.consent}`;
    return;
  }
  const form = new URLSearchParams(await text(ctx.req));
  const result = isLogin
    ? { login: { accountId: form.get('email') ?? '' } }
    : { consent: { grantId: await grantFor(details) } };
  const merge = { mergeWithLastSubmission: !isLogin };
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, merge));
});

async function grantFor(
  details: Awaited<ReturnType<typeof provider.interactionDetails>>,
): Promise<string> {
  const earlier = details.grantId ? await provider.Grant.find(details.grantId) : undefined;
  const accountId = details.session?.accountId ?? '';
  const grant = earlier ?? new provider.Grant({ accountId, clientId: STOCK_CLIENT.clientId });
  grant.addOIDCScope(SCOPES.join(' '));
  return grant.save();
}

const server = createServer(provider.callback()).listen(Number(PORT));
await once(server, 'listening');
reportUsage(issuer, async () => {
  server.close();
  server.closeAllConnections();
  await pool?.end();
});
