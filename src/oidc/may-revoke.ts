import { type Client, errors, type KoaContextWithOIDC } from 'oidc-provider';

/**
 * A client revokes its own tokens only. Somebody else's is refused to a client that proved who it
 * is; a public one, which anybody can pretend to be, does not even learn that there is such a token.
 * @throws InvalidRequest
 * @see RFC 7009 §2.1
 */
export function mayRevoke(
  _ctx: KoaContextWithOIDC,
  client: Client,
  token: { readonly clientId?: string | undefined },
): boolean {
  if (token.clientId === client.clientId) {
    return true;
  }
  if (client.clientAuthMethod === 'none') {
    return false;
  }
  throw new errors.InvalidRequest('the token was not issued to this client');
}
