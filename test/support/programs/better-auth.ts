import type { RequestListener } from 'node:http';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { genericOAuth } from 'better-auth/plugins';
import { z } from 'zod';
import { asWebRequest } from './auth-js.ts';
import { type Program, type ProgramTokens, readSubject, SCOPES, tokensSchema } from './program.ts';
import { walkThrough } from './walk-through.ts';

const started = z.object({ url: z.string() });

export const betterAuthProgram: Program = {
  library: 'better-auth',
  clientTypes: ['confidential'],
  settings: ['accountSubject', 'mapProfileToUser'],
  callbackPath: '/api/auth/callback/stagedoor',
  async connect(site) {
    const { clientId, clientSecret = '', redirectUri } = site.application;
    const { origin } = new URL(redirectUri);
    const db: Record<string, Record<string, unknown>[]> = {
      user: [],
      session: [],
      verification: [],
      account: [],
    };
    const auth = betterAuth({
      baseURL: origin,
      secret: 'a secret for the cookie of the session, long enough',
      database: memoryAdapter(db),
      telemetry: { enabled: false },
      plugins: [
        genericOAuth({
          config: [
            {
              providerId: 'stagedoor',
              clientId,
              clientSecret,
              authorizationUrl: site.endpoints.authorize,
              tokenUrl: site.endpoints.token,
              userInfoUrl: site.endpoints.me,
              scopes: SCOPES,
              accountSubject: ({ profile }) => profile.sub ?? '',
              mapProfileToUser: ({ full_name }) => ({ name: String(full_name) }),
            },
          ],
        }),
      ],
    });
    const tokens = () => tokensSchema.parse(db.account?.[0]);
    const listener: RequestListener = async (request, response) => {
      if (request.url === '/done') {
        const subject = await readSubject(site, tokens().accessToken);
        response.end(JSON.stringify({ tokens: tokens(), subject }));
        return;
      }
      const isStart = request.url === '/login';
      const answer = await auth.handler(isStart ? startOf(origin) : await asWebRequest(request));
      response.setHeader('set-cookie', answer.headers.getSetCookie());
      const { url } = isStart ? started.parse(await answer.json()) : {};
      const location = url ?? answer.headers.get('location');
      response.writeHead(location === null ? answer.status : 302, location ? { location } : {});
      response.end(isStart ? '' : await answer.text());
    };
    return {
      ...(await walkThrough(site, '/login', listener)),
      refresh: async (): Promise<ProgramTokens> => {
        const account = db.account?.[0];
        await auth.api.refreshToken({
          body: { accountId: String(account?.id), userId: String(account?.userId) },
        });
        return tokens();
      },
    };
  },
};

/** The request of the button that signs in. */
function startOf(origin: string): Request {
  return new Request(`${origin}/api/auth/sign-in/social`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ provider: 'stagedoor', callbackURL: '/done' }),
  });
}
