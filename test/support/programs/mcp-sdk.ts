import assert from 'node:assert/strict';
import { auth, type OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { type Program, readSubject, SCOPES, tokensOf } from './program.ts';

/** The OAuth client of an agent. It finds the endpoints by the issuer. */
export const mcpSdk: Program = {
  library: '@modelcontextprotocol/sdk',
  clientTypes: ['public', 'confidential'],
  settings: ['clientInformation'],
  async connect(site) {
    const { clientId, clientSecret, redirectUri } = site.application;
    let stored: OAuthTokens | undefined;
    let verifier = '';
    let link: URL | undefined;
    const provider: OAuthClientProvider = {
      redirectUrl: redirectUri,
      clientMetadata: {
        redirect_uris: [redirectUri],
        scope: SCOPES.join(' '),
        ...(clientSecret === undefined ? { token_endpoint_auth_method: 'none' } : {}),
      },
      clientInformation: () => ({
        client_id: clientId,
        ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
      }),
      tokens: () => stored,
      saveTokens: (tokens) => {
        stored = tokens;
      },
      redirectToAuthorization: (url) => {
        link = url;
      },
      saveCodeVerifier: (codeVerifier) => {
        verifier = codeVerifier;
      },
      codeVerifier: () => verifier,
    };
    const serverUrl = site.issuer;
    assert.equal(await auth(provider, { serverUrl }), 'REDIRECT');
    const back = await site.allow(link ?? '');
    const authorizationCode = back.searchParams.get('code') ?? '';
    assert.equal(await auth(provider, { serverUrl, authorizationCode }), 'AUTHORIZED');
    const tokens = tokensOf(stored);
    return {
      tokens,
      subject: await readSubject(site, tokens.accessToken),
      // With a refresh token, the library refreshes.
      refresh: async () => {
        assert.equal(await auth(provider, { serverUrl }), 'AUTHORIZED');
        return tokensOf(stored);
      },
    };
  },
};
