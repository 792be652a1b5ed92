import type { errors, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type {
  FailureEndpoint,
  RecordAuthenticationFailure,
} from '../audit/authentication-failure.ts';
import { clientAddress } from '../http/origin.ts';
import { hashOf } from '../lib/credentials.ts';
import { readClientCredentials } from '../tokens/client-credentials.ts';

/** Notes each request at the provider's endpoints that came with a secret and was not authenticated. */
export function reportAuthenticationFailures(
  provider: Provider,
  note: RecordAuthenticationFailure,
): void {
  const listener =
    (endpoint: FailureEndpoint) =>
    (ctx: KoaContextWithOIDC, { error }: errors.OIDCProviderError) => {
      const sent = error === 'invalid_client' ? credentialsOf(ctx) : undefined;
      if (sent?.outcome === 'given') {
        const { clientId, clientSecret } = sent;
        note({ endpoint, clientId, secretHash: hashOf(clientSecret), ip: clientAddress(ctx) });
      }
    };
  provider.on('grant.error', listener('token'));
  provider.on('revocation.error', listener('revoke_token'));
  provider.on('pushed_authorization_request.error', listener('par'));
}

function credentialsOf(ctx: KoaContextWithOIDC) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(ctx.oidc.body ?? {})) {
    if (typeof value === 'string') {
      form.append(name, value);
    }
  }
  return readClientCredentials(ctx.get('Authorization') || undefined, form);
}
