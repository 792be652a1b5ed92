import { type Configuration, fetchUserInfo, type IDToken } from 'openid-client';
import { isEmail } from '../../lib/email.ts';

/**
 * The e-mail address that the provider has verified: from the ID token, else from its userinfo
 * endpoint, where it has one.
 * @see OpenID Connect Core 1.0 §5.1, §5.3
 */
export async function verifiedEmail(
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
