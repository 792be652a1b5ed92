import type { Provider } from 'oidc-provider';
import { type CredentialPrefix, newCredential } from '../lib/credentials.ts';

/**
 * Gives access and refresh tokens our prefixes and checksum. The provider has an option for the
 * length of opaque tokens, none for their form; the models are public, this method of theirs is
 * not in the type definitions, hence the check that it is still there.
 */
export function prefixTokens(provider: Provider): void {
  replaceGenerator(provider.AccessToken.prototype, 'sda');
  replaceGenerator(provider.RefreshToken.prototype, 'sdr');
}

function replaceGenerator(model: object, prefix: CredentialPrefix): void {
  const original: unknown = Reflect.get(model, 'generateTokenId');
  if (typeof original !== 'function') {
    throw new Error('oidc-provider no longer makes token ids where this server replaces them');
  }
  Reflect.set(model, 'generateTokenId', function generateTokenId(this: object) {
    // The original also notes the token's format on the model.
    Reflect.apply(original, this, []);
    return newCredential(prefix);
  });
}
