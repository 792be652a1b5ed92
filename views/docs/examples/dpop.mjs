// Store the keys as long as the tokens: without the keys, the tokens are useless.
const keys = await oauth.generateKeyPair('ES256');
options.DPoP = oauth.DPoP(client, keys);
