import { decodeJwt, type JWTPayload } from 'jose';
import type { Middleware } from 'koa';
import type { UpstreamProvider } from './upstream-provider.ts';

/** Faults of the upstream login. */
export interface Behaviour {
  /** Changes the claims of ID tokens, for example by a shifted clock. The signature is valid. */
  readonly claims?: (claims: JWTPayload) => JWTPayload | Promise<JWTPayload>;
  /** Signs ID tokens with an unknown key. */
  readonly foreignKey?: boolean;
  /** Error of every authorization response. */
  readonly authorizationError?: string;
  /** Another `iss` in the authorization response. */
  readonly iss?: string;
  /** Response of the token endpoint. */
  readonly tokenAnswer?: { readonly status: number; readonly body: string | object };
  /** Called with every issued token. */
  readonly note?: (token: string) => void;
  /** Changed values in the metadata. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Applies the faults to the provider. */
export function misbehave(upstream: UpstreamProvider): Middleware {
  return async (ctx, next) => {
    const { behaviour } = upstream;
    if (ctx.path === '/auth' && behaviour.authorizationError !== undefined) {
      const { redirect_uri, state } = ctx.query;
      const error = { error: behaviour.authorizationError, error_description: 'for the tests' };
      const answer = new URLSearchParams({ ...error, state: String(state), iss: upstream.issuer });
      return ctx.redirect(`${String(redirect_uri)}?${answer}`);
    }
    await next();
    if (ctx.path === '/token') {
      await changeTokens(upstream, ctx);
    }
    if (ctx.path === '/.well-known/openid-configuration' && behaviour.metadata !== undefined) {
      ctx.body = { ...ctx.body, ...behaviour.metadata };
    }
    const location = ctx.response.get('Location') ?? '';
    if (behaviour.iss !== undefined && location.includes('/login/callback')) {
      const url = new URL(location);
      url.searchParams.set('iss', behaviour.iss);
      ctx.set('Location', url.href);
    }
  };
}

async function changeTokens(
  { behaviour, sign }: UpstreamProvider,
  ctx: Parameters<Middleware>[0],
): Promise<void> {
  const { claims = (given) => given, foreignKey = false, tokenAnswer } = behaviour;
  if (tokenAnswer !== undefined) {
    ctx.status = tokenAnswer.status;
    ctx.remove('Content-Type');
    ctx.body = tokenAnswer.body;
    return;
  }
  const body: { id_token?: string; access_token?: string } = ctx.body ?? {};
  if (body.id_token !== undefined) {
    const idToken = await sign(await claims(decodeJwt(body.id_token)), { foreignKey });
    behaviour.note?.(idToken);
    behaviour.note?.(body.access_token ?? idToken);
    ctx.body = { ...body, id_token: idToken };
  }
}
