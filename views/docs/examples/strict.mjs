import { createResourceServer } from '@stagedoor/resource-server';

export const stagedoor = createResourceServer({
  issuer: '{{issuer}}',
  clientId: process.env.STAGEDOOR_CLIENT_ID,
  clientSecret: process.env.STAGEDOOR_CLIENT_SECRET,
  // Accepts bound tokens, too. This is the URL at which applications call this service.
  dpop: { url: process.env.PUBLIC_URL },
  // Accepts only signed responses.
  signedIntrospection: true,
});
