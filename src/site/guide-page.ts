import { type Application, isClientId } from '../applications/application.ts';
import type { Config } from '../config/config.ts';
import { ORGANIZERS_PER_GRANT } from '../grants/grant.ts';
import { translator } from '../http/translate.ts';
import type { Locale } from '../lib/locale.ts';
import { localized } from '../lib/localized-text.ts';
import { PATHS } from '../oidc/paths.ts';
import { formatDuration } from './duration.ts';
import { type ExampleValues, fillExample, isPlain, scriptParts } from './examples.ts';
import { createProse } from './prose.ts';
import type { SiteText } from './texts.ts';
import type { ExamplesProps, GuideFrame, GuideProps } from './views.ts';

/** Whom the guide is rendered for. */
export interface Reader {
  readonly locale: Locale;
  /** The `client_id` of the address, whatever it is. */
  readonly clientId: string | undefined;
  /** The application of that id, only where the reader owns it. */
  readonly application: Application | undefined;
}

const ERRORS = {
  page: ['invalid_client', 'invalid_redirect_uri', 'unauthorized_client'],
  redirect: [
    'access_denied',
    'invalid_request',
    'invalid_scope',
    'unsupported_response_type',
    'login_required',
    'consent_required',
  ],
  token: [
    'invalid_client',
    'invalid_grant',
    'invalid_request',
    'invalid_scope',
    'unsupported_grant_type',
  ],
  api: ['invalid_token', 'insufficient_scope'],
  reasons: [
    'revoked_by_user',
    'revoked_by_client',
    'revoked_by_operator',
    'reuse_detected',
    'expired',
    'application_suspended',
    'user_inactive',
    'redirect_uri_removed',
    'scope_removed',
    'pkce_required',
  ],
} as const;

/** The guide itself. */
export function presentGuide(config: Config, reader: Reader): GuideProps {
  const values = exampleValues(config, reader);
  const [
    settings = '',
    authorize = '',
    back = '',
    token = '',
    api = '',
    refresh = '',
    revoke = '',
  ] = scriptParts(values);
  return {
    ...frame(reader),
    issuer: config.issuer,
    organizerLimit: ORGANIZERS_PER_GRANT,
    defaultScope: config.defaultScopes.join(' '),
    registration: config.registration,
    accessTokenLifetime: formatDuration(config.accessTokenTtl, reader.locale),
    refreshTokenLifetime: formatDuration(config.refreshTokenTtl, reader.locale),
    endpoints: endpoints(config.issuer),
    scopes: config.scopes.map(({ name, text }) => ({ name, text: localized(text, reader.locale) })),
    errors: ERRORS,
    parts: { settings, authorize, back, token, api, refresh, revoke },
    dpop: fillExample('dpop.mjs', values),
    answers: {
      token: fillExample('token-answer.txt', values),
      organizers: fillExample('organizers-answer.txt', values),
      me: fillExample('me-answer.txt', values),
      error: fillExample('error-answer.txt', values),
    },
  };
}

/** The complete programs. */
export function presentExamples(config: Config, reader: Reader): ExamplesProps {
  const values = exampleValues(config, reader);
  return {
    ...frame(reader),
    programs: [
      { id: 'curl', file: 'client.sh', code: fillExample('client.sh', values) },
      { id: 'fetch', file: 'client.mjs', code: fillExample('client-fetch.mjs', values) },
      {
        id: 'oauth4webapi',
        file: 'client.mjs',
        code: fillExample('client-oauth4webapi.mjs', values),
      },
      { id: 'python', file: 'client.py', code: fillExample('client.py', values) },
      { id: 'php', file: 'client.php', code: fillExample('client.php', values) },
    ],
  };
}

function frame(reader: Reader): GuideFrame {
  const clientId = knownId(reader);
  return {
    clientId,
    applicationName: reader.application?.name,
    query: clientId === undefined ? '' : `?client_id=${clientId}`,
    prose: createProse(translator<SiteText>(reader.locale)),
  };
}

function endpoints(issuer: string): GuideProps['endpoints'] {
  return [
    { name: 'authorization', url: issuer + PATHS.authorization },
    { name: 'token', url: issuer + PATHS.token },
    { name: 'revocation', url: issuer + PATHS.revocation },
    { name: 'par', url: issuer + PATHS.pushed_authorization_request },
    { name: 'organizers', url: `${issuer}/api/v1/organizers/` },
    { name: 'me', url: `${issuer}/api/v1/me` },
    { name: 'metadata', url: `${issuer}/.well-known/oauth-authorization-server` },
  ];
}

/**
 * What anybody may see: the id that they came with. Only the owner is shown what is registered
 * under it; nobody else learns here whether there is such an application.
 */
function exampleValues(config: Config, reader: Reader): ExampleValues {
  const { application } = reader;
  const redirectUri = application?.redirectUris.find(isPlain);
  const scopes = config.scopes
    .map(({ name }) => name)
    .filter((name) => application === undefined || application.scopes.includes(name));
  return {
    issuer: config.issuer,
    client_id: knownId(reader) ?? 'YOUR_CLIENT_ID',
    client_secret: application?.clientType === 'public' ? '' : 'YOUR_CLIENT_SECRET',
    redirect_uri: redirectUri ?? 'https://app.example.com/callback',
    scope: scopes.filter((name) => name !== 'write').join(' ') || scopes.join(' '),
    expires_in: String(config.accessTokenTtl),
  };
}

function knownId({ clientId }: Reader): string | undefined {
  return clientId !== undefined && isClientId(clientId) ? clientId : undefined;
}
