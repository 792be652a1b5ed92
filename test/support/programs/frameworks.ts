import bell from '@hapi/bell';
import { server as createHapi } from '@hapi/hapi';
import express, { type Express } from 'express';
import grant, { type GrantSession } from 'grant';
import passport from 'passport';
import OAuth2Strategy from 'passport-oauth2';
import { authJs } from './auth-js.ts';
import { betterAuthProgram } from './better-auth.ts';
import { fastifyOauth2 } from './fastify-oauth2.ts';
import { type Program, SCOPES, subjectOf, tokensOf } from './program.ts';
import { walkThrough } from './walk-through.ts';

const passportOauth2: Program = {
  library: 'passport-oauth2',
  clientTypes: ['confidential'],
  settings: ['state: true', 'pkce: true'],
  connect(site) {
    const { clientId, clientSecret = '', redirectUri } = site.application;
    const { authorize, token, me } = site.endpoints;
    class Strategy extends OAuth2Strategy {
      override userProfile(accessToken: string, done: (error?: unknown, body?: unknown) => void) {
        this._oauth2.useAuthorizationHeaderforGET(true);
        this._oauth2.get(me, accessToken, (error, body) => done(error, body));
      }
    }
    const strategy = new Strategy(
      {
        authorizationURL: authorize,
        tokenURL: token,
        clientID: clientId,
        clientSecret,
        callbackURL: redirectUri,
        scope: SCOPES,
        state: true,
        pkce: true,
      },
      (
        accessToken: string,
        refreshToken: string,
        profile: string,
        done: OAuth2Strategy.VerifyCallback,
      ) => {
        const subject = subjectOf(JSON.parse(profile));
        done(null, { tokens: { accessToken, refreshToken }, subject });
      },
    );
    const authenticate = new passport.Passport()
      .use(strategy)
      .authenticate('oauth2', { session: false });
    const app = expressWithSession({});
    app.get('/login', authenticate);
    app.get('/callback', authenticate, (request, response) => {
      response.json(request.user);
    });
    return walkThrough(site, '/login', app);
  },
};

const grantExpress: Program = {
  library: 'grant',
  clientTypes: ['confidential', 'public'],
  settings: ['pkce: true', 'state: true', "scope_delimiter: ' '"],
  callbackPath: '/connect/stagedoor/callback',
  connect(site) {
    const { clientId, clientSecret, redirectUri } = site.application;
    const session: { grant?: GrantSession } = {};
    const app = expressWithSession(session);
    app.use(
      grant.default.express({
        defaults: { origin: new URL(redirectUri).origin, transport: 'session', state: true },
        stagedoor: {
          authorize_url: site.endpoints.authorize,
          access_url: site.endpoints.token,
          profile_url: site.endpoints.me,
          oauth: 2,
          key: clientId,
          ...(clientSecret === undefined ? {} : { secret: clientSecret }),
          scope: SCOPES,
          scope_delimiter: ' ',
          pkce: true,
          response: ['tokens', 'raw', 'profile'],
          callback: '/done',
        },
      }),
    );
    app.get('/done', (_request, response) => {
      const { raw, profile } = session.grant?.response ?? {};
      response.json({ tokens: tokensOf(raw), subject: subjectOf(profile) });
    });
    return walkThrough(site, '/connect/stagedoor', app);
  },
};

const hapiBell: Program = {
  library: '@hapi/bell',
  clientTypes: ['confidential'],
  settings: ["pkce: 'S256'"],
  async connect(site) {
    const { clientId, clientSecret = '', redirectUri } = site.application;
    const { authorize, token, me } = site.endpoints;
    const hapi = createHapi({ listener: site.web, autoListen: false });
    await hapi.register(bell);
    hapi.auth.strategy('stagedoor', 'bell', {
      provider: {
        protocol: 'oauth2',
        auth: authorize,
        token,
        pkce: 'S256',
        scope: SCOPES,
        profile: async (credentials, _parameters, get) => {
          credentials.profile = await get(me);
        },
      },
      password: 'a password for the cookie, of 32 characters and more',
      clientId,
      clientSecret,
      location: new URL(redirectUri).origin,
      // The site of this test has no https.
      isSecure: false,
    });
    hapi.route({
      method: 'GET',
      path: '/callback',
      options: { auth: 'stagedoor' },
      handler: ({ auth: { credentials } }) => ({
        tokens: { accessToken: credentials.token, refreshToken: credentials.refreshToken },
        subject: subjectOf(credentials.profile),
      }),
    });
    await hapi.initialize();
    return walkThrough(site, '/callback');
  },
};

/** Express, with the session of the only visitor. */
function expressWithSession(session: object): Express {
  const app = express();
  app.use((request, _response, next) => {
    Object.assign(request, { session });
    next();
  });
  return app;
}

/** Parts of web frameworks that redirect the browser and receive the callback by themselves. */
export const FRAMEWORKS: readonly Program[] = [
  passportOauth2,
  grantExpress,
  hapiBell,
  fastifyOauth2,
  authJs,
  betterAuthProgram,
];
