import {
  authorizationCodeGrant,
  type Configuration,
  fetchUserInfo,
  type IDToken,
} from 'openid-client';
import type { UpstreamConfig } from '../../config/upstream.ts';
import type { Tx } from '../../db/transaction.ts';
import { inTransaction } from '../../db/transaction.ts';
import { linkByEmail } from '../../directory/link-by-email.ts';
import type { Origin } from '../../lib/actor.ts';
import { isEmail } from '../../lib/email.ts';
import { isUnprintable } from '../../lib/printable.ts';
import { findUserByIdentity } from '../../users/identity-store.ts';
import type { Identity, User } from '../../users/user.ts';
import { signInUpstream } from '../sign-in-upstream.ts';
import type { UpstreamDeps } from './begin-sign-in.ts';
import { CLOCK_TOLERANCE } from './discover.ts';
import { isLoggedOut } from './logout.ts';
import { UpstreamRefusal } from './refusal.ts';
import { type PendingSignIn, type UpstreamSignIn, wayBack } from './sign-in.ts';
import { useSignIn } from './store.ts';
import { toRefusal } from './to-refusal.ts';

/** Longest `sub` (OpenID Connect Core 1.0 §2) and `sid`, in characters. */
const LONGEST = 255;

/**
 * Takes the provider's answer, once: code for ID token, its checks, whose it is, and the log.
 * @param answer the query that the browser brought back, and the id of the browser
 * @throws UpstreamRefusal
 * @see OpenID Connect Core 1.0 §3.1.2.5, §3.1.3.7; RFC 9207
 */
export async function completeSignIn(
  deps: UpstreamDeps,
  pending: PendingSignIn,
  answer: { readonly search: string; readonly origin: Origin; readonly device: string },
): Promise<UpstreamSignIn> {
  if (!(await useSignIn(deps.db, pending.state))) {
    throw new UpstreamRefusal('used', 'the state was used before');
  }
  const { claims, email } = await redeem(deps, pending, answer.search);
  const { issuer } = deps.upstream;
  const identity = { issuer, subject: claims.sub };
  const authenticatedAt = checkTimes(deps.upstream, pending, claims);
  const sid = isText(claims.sid) ? claims.sid : undefined;
  const upstream = { ...identity, sid, begunAt: new Date(pending.startedAt) };
  const { user, mayGoOn } = await inTransaction(deps.db, async (tx) => {
    if (await isLoggedOut(tx, upstream, authenticatedAt)) {
      throw new UpstreamRefusal('signed_out', `issuer ${issuer}, a logout token has arrived`);
    }
    const found = await matchUser(tx, identity, email, answer.origin);
    return { user: found, mayGoOn: found && (await signInUpstream(tx, found, answer)) };
  });
  if (user === undefined) {
    throw new UpstreamRefusal('unknown_user', `issuer ${issuer}, subject ${claims.sub}`);
  }
  if (!mayGoOn) {
    throw new UpstreamRefusal('deactivated', `user ${user.id}`);
  }
  const { restartAt } = pending;
  return { user, authenticatedAt, upstream, next: wayBack(pending), restartAt };
}

async function redeem(
  deps: UpstreamDeps,
  pending: PendingSignIn,
  search: string,
): Promise<{ claims: IDToken; email: string | undefined }> {
  try {
    const provider = await deps.discover();
    const tokens = await authorizationCodeGrant(provider, new URL(search, deps.redirectUri), {
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      pkceCodeVerifier: pending.codeVerifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined || !isText(claims.sub)) {
      throw new UpstreamRefusal('invalid', 'the ID token has no usable sub');
    }
    const { issuer, matchVerifiedEmail } = deps.upstream;
    const wanted =
      matchVerifiedEmail && !(await findUserByIdentity(deps.db, { issuer, subject: claims.sub }));
    const email = wanted ? await verifiedEmail(provider, claims, tokens.access_token) : undefined;
    return { claims, email };
  } catch (error) {
    throw toRefusal(error);
  }
}

const MISSING_AUTH_TIME =
  'the ID token has no auth_time although max_age was sent; see OIDC_WITHOUT_AUTH_TIME in the README';

/**
 * The ID token was made for this sign-in, so its `iat` shows how the provider's clock compares to
 * ours; openid-client looks at `exp` and `nbf`. `auth_time` is what the person was sent there for.
 * @returns when the person signed in there, never later than now
 */
function checkTimes(
  { withoutAuthTime }: UpstreamConfig,
  { startedAt, anew, maxAge }: PendingSignIn,
  claims: IDToken,
): Date {
  const [began, now] = [startedAt / 1000, Date.now() / 1000];
  if (claims.iat < began - CLOCK_TOLERANCE || claims.iat > now + CLOCK_TOLERANCE) {
    const off = Math.round(claims.iat - now);
    throw new UpstreamRefusal('clock', `iat is ${off} seconds from this server's time`);
  }
  if (claims.auth_time === undefined) {
    if (withoutAuthTime) {
      // The request asked for a new authentication: it was made after the sign-in began.
      return new Date(startedAt);
    }
    throw new UpstreamRefusal('misconfigured', MISSING_AUTH_TIME);
  }
  const oldest = anew ? began : began - maxAge;
  if (claims.auth_time < oldest - CLOCK_TOLERANCE) {
    const late = Math.round(oldest - claims.auth_time);
    throw new UpstreamRefusal('not_fresh', `auth_time is ${late} seconds too old`);
  }
  return new Date(Math.min(claims.auth_time, now) * 1000);
}

function isText(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= LONGEST && !isUnprintable(value)
  );
}

/**
 * Whom the provider means: the user with this issuer and subject. A subject is never compared with
 * our own ids: two systems that count their users from 1 would lend each other their accounts.
 * @param verifiedEmail where addresses may match: the first time, the user who has this one
 */
async function matchUser(
  tx: Tx,
  identity: Identity,
  verifiedEmail: string | undefined,
  origin: Origin,
): Promise<User | undefined> {
  const known = await findUserByIdentity(tx, identity);
  return known === undefined && verifiedEmail !== undefined
    ? linkByEmail(tx, identity, verifiedEmail, origin)
    : known;
}

/**
 * The e-mail address that the provider has verified: from the ID token, else from its userinfo
 * endpoint, where it has one.
 * @see OpenID Connect Core 1.0 §5.1, §5.3
 */
async function verifiedEmail(
  provider: Configuration,
  claims: IDToken,
  accessToken: string,
): Promise<string | undefined> {
  const inToken = claims.email !== undefined || !provider.serverMetadata().userinfo_endpoint;
  const told = inToken ? claims : await fetchUserInfo(provider, accessToken, claims.sub);
  const { email, email_verified: verified } = told;
  // Some providers send the boolean as a text.
  const isVerified = verified === true || String(verified) === 'true';
  return isVerified && typeof email === 'string' && isEmail(email) ? email : undefined;
}
