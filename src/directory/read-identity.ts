import type { UpstreamConfig } from '../config/upstream.ts';
import { type FieldErrors, ValidationError } from '../lib/errors.ts';
import type { IdentityInput } from '../users/user.ts';

/**
 * Reads the upstream identity from a request body.
 * @throws ValidationError if it does not fit the way people sign in here
 */
export function readIdentity(
  upstream: UpstreamConfig | undefined,
  body: {
    readonly password?: string | null | undefined;
    readonly upstream_subject?: string | null | undefined;
  },
): IdentityInput | undefined {
  const { password, upstream_subject: subject } = body;
  const wrong: FieldErrors = {};
  if (upstream !== undefined && typeof password === 'string') {
    wrong.password = [`Users sign in at ${upstream.issuer}; this server keeps no passwords.`];
  }
  if (upstream === undefined && typeof subject === 'string') {
    wrong.upstream_subject = ['Users sign in with passwords here: OIDC_ISSUER is not set.'];
  }
  if (Object.keys(wrong).length > 0) {
    throw new ValidationError(wrong);
  }
  return upstream === undefined || subject === undefined
    ? undefined
    : { issuer: upstream.issuer, subject };
}
