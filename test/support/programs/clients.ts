import { randomBytes } from 'node:crypto';
import {
  OAuth2Client as BadgatewayClient,
  generateCodeVerifier,
  OAuth2Fetch,
} from '@badgateway/oauth2-client';
import { CodeChallengeMethod, OAuth2Client, type OAuth2Tokens } from 'arctic';
import { AuthorizationCode } from 'simple-oauth2';
import { challengeOf } from '../flow.ts';
import { mcpSdk } from './mcp-sdk.ts';
import {
  type Program,
  type ProgramTokens,
  readSubject,
  SCOPES,
  subjectOf,
  tokensOf,
} from './program.ts';

const simpleOauth2: Program = {
  library: 'simple-oauth2',
  clientTypes: ['confidential'],
  settings: ['code_challenge', 'code_challenge_method', 'code_verifier'],
  async connect(site) {
    const { clientId, clientSecret = '', redirectUri } = site.application;
    const client = new AuthorizationCode({
      client: { id: clientId, secret: clientSecret },
      auth: {
        tokenHost: site.issuer,
        authorizePath: '/api/v1/oauth/authorize',
        tokenPath: '/api/v1/oauth/token',
        revokePath: '/api/v1/oauth/revoke_token',
      },
    });
    const codeVerifier = randomBytes(32).toString('base64url');
    const request = {
      redirect_uri: redirectUri,
      scope: SCOPES,
      state: 'some-state',
      code_challenge: challengeOf(codeVerifier),
      code_challenge_method: 'S256',
    };
    const back = await site.allow(client.authorizeURL(request));
    const code = back.searchParams.get('code') ?? '';
    const exchange = { code, redirect_uri: redirectUri, code_verifier: codeVerifier };
    let token = await client.getToken(exchange);
    const tokens = tokensOf(token.token);
    return {
      tokens,
      subject: await readSubject(site, tokens.accessToken),
      refresh: async () => {
        token = await token.refresh();
        return tokensOf(token.token);
      },
      // Revokes the access token first, then the refresh token, which has ended by then.
      revoke: () => token.revokeAll(),
    };
  },
};

const arctic: Program = {
  library: 'arctic',
  clientTypes: ['confidential', 'public'],
  settings: [],
  async connect(site) {
    const { clientId, clientSecret, redirectUri } = site.application;
    const { authorize, token, revoke } = site.endpoints;
    const client = new OAuth2Client(clientId, clientSecret ?? null, redirectUri);
    const codeVerifier = randomBytes(32).toString('base64url');
    const back = await site.allow(
      client.createAuthorizationURLWithPKCE(
        authorize,
        'some-state',
        CodeChallengeMethod.S256,
        codeVerifier,
        SCOPES,
      ),
    );
    const code = back.searchParams.get('code') ?? '';
    const read = (answer: OAuth2Tokens): ProgramTokens => ({
      accessToken: answer.accessToken(),
      refreshToken: answer.refreshToken(),
    });
    const tokens = read(await client.validateAuthorizationCode(token, code, codeVerifier));
    return {
      tokens,
      subject: await readSubject(site, tokens.accessToken),
      refresh: async () =>
        read(await client.refreshAccessToken(token, tokens.refreshToken, SCOPES)),
      revoke: ({ accessToken }) => client.revokeToken(revoke, accessToken),
    };
  },
};

const badgateway: Program = {
  library: '@badgateway/oauth2-client',
  clientTypes: ['confidential', 'public'],
  settings: ['server', 'codeVerifier'],
  async connect(site) {
    const { clientId, clientSecret, redirectUri } = site.application;
    const client = new BadgatewayClient({
      server: site.issuer,
      clientId,
      ...(clientSecret === undefined ? {} : { clientSecret }),
    });
    const codeVerifier = await generateCodeVerifier();
    const request = { redirectUri, state: 'some-state', codeVerifier };
    const back = await site.allow(
      await client.authorizationCode.getAuthorizeUri({ ...request, scope: SCOPES }),
    );
    const first = await client.authorizationCode.getTokenFromCodeRedirect(back, request);
    const wrapper = new OAuth2Fetch({ client, getNewToken: () => first, scheduleRefresh: false });
    const read = ({ accessToken, refreshToken }: typeof first): ProgramTokens => ({
      accessToken,
      refreshToken: refreshToken ?? '',
    });
    const answer = await wrapper.fetch(site.endpoints.me);
    let latest = first;
    return {
      tokens: read(first),
      subject: subjectOf(await answer.json()),
      refresh: async () => {
        latest = await client.refreshToken(first);
        return read(latest);
      },
      revoke: () => client.revoke(latest),
    };
  },
};

/** Libraries that an application calls step by step. */
export const CLIENTS: readonly Program[] = [simpleOauth2, arctic, badgateway, mcpSdk];
