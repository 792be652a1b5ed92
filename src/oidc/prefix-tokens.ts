import type { Provider } from 'oidc-provider';
import { newCredential } from '../lib/credentials.ts';
import { currentRedemption } from './current-transaction.ts';

/**
 * Gives access and refresh tokens our prefixes and checksum. The provider has an option for the
 * length of opaque tokens, none for their form; the models are public, this method of theirs is
 * not in the type definitions, hence the check that it is still there.
 */
export function prefixTokens(provider: Provider): void {
  replaceGenerator(provider.AccessToken.prototype, () => newCredential('sda'));
  replaceGenerator(
    provider.RefreshToken.prototype,
    () => plannedSuccessor() ?? newCredential('sdr'),
  );
}

/** Returns the refresh token that was chosen when the one before it was used up. */
function plannedSuccessor(): string | undefined {
  const redemption = currentRedemption();
  return redemption !== undefined && 'familyId' in redemption
    ? redemption.rotation?.successor
    : undefined;
}

function replaceGenerator(model: object, generate: () => string): void {
  const original: unknown = Reflect.get(model, 'generateTokenId');
  if (typeof original !== 'function') {
    throw new Error('oidc-provider no longer makes token ids where this server replaces them');
  }
  Reflect.set(model, 'generateTokenId', function generateTokenId(this: object) {
    // The original also notes the token's format on the model.
    Reflect.apply(original, this, []);
    return generate();
  });
}
