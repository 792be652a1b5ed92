import { createResourceServer } from '@stagedoor/resource-server';

export const stagedoor = createResourceServer({
  issuer: '{{issuer}}',
  clientId: process.env.STAGEDOOR_CLIENT_ID,
  clientSecret: process.env.STAGEDOOR_CLIENT_SECRET,
  // Takes bound tokens too. The URL under which applications call this service.
  dpop: { url: process.env.PUBLIC_URL },
  // Believes signed answers only.
  signedIntrospection: true,
});
