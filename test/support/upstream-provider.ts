import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import { type Behaviour, misbehave } from './upstream-behaviour.ts';
import { signInPages } from './upstream-pages.ts';

/** An account at the upstream login. */
export interface UpstreamAccount {
  readonly sub: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly password: string;
}

/** The upstream login: another oidc-provider, in this process, over real HTTP. */
export interface UpstreamProvider {
  readonly issuer: string;
  /** Variables for a Stagedoor at `http://localhost:<port>`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Adds an account, by default with a verified address. */
  addAccount(sub: string, more?: Partial<UpstreamAccount>): UpstreamAccount;
  /** Current faults. */
  behaviour: Behaviour;
  /** Signs a JWT with its key, for example a logout token. */
  sign(
    claims: JWTPayload,
    header?: { typ?: string | undefined; foreignKey?: boolean },
  ): Promise<string>;
  /** The network in front of it. */
  readonly network: TcpProxy;
  close(): Promise<void>;
}

const CLIENT_ID = 'stagedoor';
const CLIENT_SECRET = 'a secret that only the two of them know';

/** Starts it for a Stagedoor on this port. */
export async function startUpstreamProvider(port: number): Promise<UpstreamProvider> {
  const http = createServer();
  // Node closes idle connections after 5 s, which is also the timeout of requests to this server:
  // behind a stalled network the one or the other would come first.
  http.keepAliveTimeout = 60_000;
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const network = await startTcpProxy(portOf(http.address()));
  // An address, while Stagedoor has a name: for a browser these are two sites.
  const issuer = `http://127.0.0.1:${network.port}`;
  const accounts = new Map<string, UpstreamAccount>();
  const keys = await makeKeys();
  const upstream: UpstreamProvider = {
    issuer,
    variables: {
      PORT: String(port),
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: CLIENT_ID,
      OIDC_CLIENT_SECRET: CLIENT_SECRET,
    },
    addAccount: (sub, more) => {
      const account = {
        sub,
        email: `${sub}@example.com`,
        emailVerified: true,
        password: `${sub} at the platform`,
        ...more,
      };
      accounts.set(sub, account);
      return account;
    },
    behaviour: {},
    sign: keys.sign,
    network,
    close: async () => {
      await network.close();
      http.close();
      http.closeAllConnections();
    },
  };
  const provider = new Provider(
    issuer,
    configuration(`http://localhost:${port}`, accounts, keys.jwk),
  );
  provider.use(misbehave(upstream));
  provider.use(signInPages(provider, accounts));
  http.on('request', provider.callback());
  return upstream;
}

function configuration(
  stagedoor: string,
  accounts: ReadonlyMap<string, UpstreamAccount>,
  jwk: Awaited<ReturnType<typeof makeKeys>>['jwk'],
): Configuration {
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [`${stagedoor}/login/callback`],
        id_token_signed_response_alg: 'ES256',
        backchannel_logout_uri: `${stagedoor}/logout/backchannel`,
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [jwk] },
    cookies: { keys: ['cookie-key-of-the-platform-0123456789'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    interactions: { url: (_ctx, { uid }) => `/sign-in/${uid}` },
    pkce: { required: () => true },
    // By default, the library sends no back-channel logout to local servers.
    fetch: (url, { dispatcher: _, ...init }: RequestInit = {}) => fetch(url, init),
    findAccount: (_ctx, sub) => {
      const account = accounts.get(sub);
      return (
        account && {
          accountId: sub,
          claims: () => ({
            sub,
            email: account.email,
            email_verified: account.emailVerified,
          }),
        }
      );
    },
    // Grants access without asking the user.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId,
        accountId: oidc.account?.accountId,
      });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
    ttl: { Interaction: 600, Session: 3600, Grant: 3600, AccessToken: 600, IdToken: 600 },
  };
}

async function makeKeys() {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const foreign = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(privateKey)), kid: 'the-key', use: 'sig', alg: 'ES256' };
  const { SignJWT } = await import('jose');
  const sign: UpstreamProvider['sign'] = (claims, { typ, foreignKey } = {}) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'the-key', ...(typ === undefined ? {} : { typ }) })
      .sign(foreignKey ? foreign.privateKey : privateKey);
  return { jwk, sign };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') {
    throw new Error('A listening server has no port.');
  }
  return address.port;
}
