import { createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import type { UpstreamConfig } from '../../config/upstream.ts';
import { StagedoorError } from '../../lib/errors.ts';
import { CLOCK_TOLERANCE, type Discover } from './discover.ts';

/** Logout notice of the provider: for one session of a person there, or for all. */
export interface LogoutToken {
  readonly jti: string;
  /** Subject of the logout. At least one of the two is present. */
  readonly subject: string | undefined;
  /** The one session; undefined: all of the person's. */
  readonly sid: string | undefined;
  /** Time of the logout by the provider, in whole seconds; never later than now. */
  readonly at: Date;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Seconds after which a logout token is too old to be believed. */
export const LOGOUT_TOKEN_AGE = 300;
/** Milliseconds that the provider has to hand out its keys. */
const TIMEOUT = 5000;

const text = z.string().min(1).max(255);
const claims = z
  .object({
    jti: text,
    iat: z.number(),
    sub: text.optional(),
    sid: text.optional(),
    events: z.object({ [EVENT]: z.record(z.string(), z.unknown()) }),
    // An ID token must not pass for one of these.
    nonce: z.undefined({ error: 'must not be there' }).optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined, 'has neither sub nor sid');

/**
 * Makes the check of logout tokens.
 * @returns a function that throws StagedoorError `validation_failed`, also where the provider can't
 *   be asked for its keys
 * @see OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6
 */
export function createVerifyLogoutToken(
  { clientId }: UpstreamConfig,
  discover: Discover,
): (token: string) => Promise<LogoutToken> {
  const keys = createKeys();
  return async (token) => {
    try {
      const { issuer, jwks_uri: uri, ...metadata } = (await discover()).serverMetadata();
      const { payload, protectedHeader } = await jwtVerify(token, keys(uri ?? ''), {
        issuer,
        audience: clientId,
        algorithms: signatures(metadata.id_token_signing_alg_values_supported),
        clockTolerance: CLOCK_TOLERANCE,
        maxTokenAge: LOGOUT_TOKEN_AGE,
        requiredClaims: ['exp'],
      });
      requireType(protectedHeader.typ);
      const { jti, iat, sub: subject, sid } = claims.parse(payload);
      return {
        jti,
        subject,
        sid,
        at: new Date(Math.floor(Math.min(iat, Date.now() / 1000)) * 1000),
      };
    } catch (cause) {
      throw new StagedoorError('validation_failed', `The logout token is refused: ${why(cause)}`, {
        cause,
      });
    }
  };
}

/**
 * Rejects JWTs that say that they are something else, an access token (`at+jwt`) for example. Many
 * providers set no `typ`, or `JWT`.
 * @see OpenID Connect Back-Channel Logout 1.0 §2.4; RFC 8725 §3.11
 */
function requireType(typ: string | undefined): void {
  if (!['logout+jwt', 'jwt'].includes((typ ?? 'jwt').toLowerCase().replace('application/', ''))) {
    throw new Error(`typ is ${JSON.stringify(typ)}, not "logout+jwt"`);
  }
}

/** The provider's keys, kept for as long as they are at the same place. */
function createKeys(): (uri: string) => JWTVerifyGetKey {
  let known: { readonly uri: string; readonly keys: JWTVerifyGetKey } | undefined;
  return (uri) => {
    if (known?.uri !== uri) {
      known = { uri, keys: createRemoteJWKSet(new URL(uri), { timeoutDuration: TIMEOUT }) };
    }
    return known.keys;
  };
}

/** Never `none`, and never one whose key is our own secret. */
function signatures(supported: readonly string[] = ['RS256']): string[] {
  return supported.filter((name) => /^((RS|PS|ES)\d+|EdDSA|Ed25519)$/.test(name));
}

function why(cause: unknown): string {
  if (cause instanceof z.ZodError) {
    return cause.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join(', ');
  }
  return cause instanceof Error ? cause.message : 'it could not be checked';
}
