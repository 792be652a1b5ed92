// Keep the keys as long as the tokens: without them, the tokens are worth nothing.
const keys = await oauth.generateKeyPair('ES256');
options.DPoP = oauth.DPoP(client, keys);
