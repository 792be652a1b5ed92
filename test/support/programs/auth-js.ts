import type { IncomingMessage, RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { type Connection, type Program, SCOPES, subjectOf, tokensOf } from './program.ts';
import { walkThrough } from './walk-through.ts';

type Auth = (request: Request, config: object) => Promise<Response>;

/** Parameters of the callback that makes the token of a session. */
interface JwtParameters {
  readonly token: object;
  readonly account?: unknown;
  readonly profile?: unknown;
}

const require = createRequire(import.meta.url);
// Without its own types, which would add those of the browser to the whole project.
const { Auth } = z
  .object({ Auth: z.custom<Auth>((value) => typeof value === 'function') })
  .parse(require('@auth/core'));

export const authJs: Program = {
  library: '@auth/core',
  clientTypes: ['confidential'],
  settings: ['issuer', "checks: ['pkce', 'state']"],
  callbackPath: '/auth/callback/stagedoor',
  connect(site) {
    const { clientId, clientSecret = '' } = site.application;
    let connected: Connection | undefined;
    const config = {
      secret: 'a secret for the cookie of the session',
      trustHost: true,
      basePath: '/auth',
      providers: [
        {
          id: 'stagedoor',
          name: 'Stagedoor',
          type: 'oauth',
          // The response of the authorization endpoint names the issuer, which the library compares.
          issuer: site.issuer,
          clientId,
          clientSecret,
          authorization: { url: site.endpoints.authorize, params: { scope: SCOPES.join(' ') } },
          token: site.endpoints.token,
          userinfo: site.endpoints.me,
          checks: ['pkce', 'state'],
        },
      ],
      callbacks: {
        jwt({ token, account, profile }: JwtParameters) {
          if (account) {
            connected = { tokens: tokensOf(account), subject: subjectOf(profile) };
          }
          return token;
        },
      },
    };
    const listener: RequestListener = async (request, response) => {
      if (!request.url?.startsWith('/auth/')) {
        response.end(JSON.stringify(connected));
        return;
      }
      const answer = await Auth(await asWebRequest(request), config);
      response.writeHead(answer.status, [...answer.headers].flat());
      response.end(await answer.text());
    };
    return walkThrough(site, '/auth/signin', listener);
  },
};

/** Converts a request of Node.js to one of the fetch standard. */
export async function asWebRequest(request: IncomingMessage): Promise<Request> {
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    `${value}`,
  ]);
  return new Request(`http://${request.headers.host}${request.url}`, {
    method: request.method ?? 'GET',
    headers,
    ...(request.method === 'POST' ? { body: await buffer(request) } : {}),
  });
}
