import { shell } from '../../applications/pages/examples.ts';
import { presentOrganizer } from '../../directory/wire.ts';
import { AUTHORIZE_PATH } from '../../insights/authorize-request.ts';
import { presentIntrospection } from '../../introspection/presenters.ts';
import type { Introspection } from '../../tokens/introspect.ts';
import { tokenResponse } from '../../tokens/token-response.ts';
import type { TrialRun } from '../run-trial.ts';
import { challengeOf, type Trial, trialUri } from '../trial.ts';

/** A request of a trial and its answer, as text. */
export interface TrialStep {
  readonly name: 'authorize' | 'redirect' | 'token' | 'call' | 'introspect' | 'revoke' | 'ended';
  readonly request: string;
  /** Status and body; undefined if the browser was redirected. */
  readonly answer?: string;
}

/** The application of a trial. */
interface Tried {
  readonly issuer: string;
  readonly clientId: string;
  readonly confidential: boolean;
  readonly scopes: readonly string[];
}

/** Longest line of JSON, in characters. */
const LINE = 44;
/** Organizers on the first page of the API's list. */
const PAGE = 50;

export function authorizeUrl(tried: Tried, trial: Pick<Trial, 'state' | 'verifier'>): URL {
  const url = new URL(AUTHORIZE_PATH, tried.issuer);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: tried.clientId,
    redirect_uri: trialUri(tried.issuer, tried.clientId),
    scope: tried.scopes.join(' '),
    state: trial.state,
    code_challenge: challengeOf(trial),
    code_challenge_method: 'S256',
  }).toString();
  return url;
}

/** Presents the two steps of the browser. */
export function browserSteps(tried: Tried, trial: Trial, answer: URLSearchParams): TrialStep[] {
  const { issuer, clientId } = tried;
  const shown = new URLSearchParams(answer);
  const code = shown.get('code');
  if (code !== null) {
    shown.set('code', mask(code));
  }
  return [
    { name: 'authorize', request: onLines('GET ', authorizeUrl(tried, trial)) },
    {
      name: 'redirect',
      request: onLines('303 → ', new URL(`${trialUri(issuer, clientId)}?${shown}`)),
    },
  ];
}

/** Presents the steps of the application, and of the API service that it calls. */
export function applicationSteps(
  tried: Tried,
  { verifier }: Pick<Trial, 'verifier'>,
  run: TrialRun | undefined,
): TrialStep[] {
  const { issuer, clientId } = tried;
  const app = { issuer, clientId, secret: tried.confidential ? 'CLIENT_SECRET' : undefined };
  const token: TrialStep = {
    name: 'token',
    request: curl(app, '/token', [
      '--data grant_type=authorization_code',
      '--data code="$CODE"',
      `--data-urlencode redirect_uri=${shell(trialUri(issuer, clientId))}`,
      `--data code_verifier=${shell(mask(verifier))}`,
    ]),
    answer:
      run === undefined
        ? answer(400, { error: 'invalid_grant' })
        : answer(200, {
            ...tokenResponse(run.tokens),
            access_token: mask(run.tokens.accessToken),
            refresh_token: mask(run.tokens.refreshToken),
          }),
  };
  if (run === undefined) {
    return [token];
  }
  const api = { issuer, clientId: 'API_SERVICE_ID', secret: 'API_SERVICE_SECRET' };
  const introspection = curl(api, '/introspect', ['--data token="$ACCESS_TOKEN"']);
  const { organizers } = run;
  const list = `${issuer}/api/v1/organizers/`;
  return [
    token,
    ...(organizers === undefined
      ? []
      : [
          {
            name: 'call' as const,
            request: `curl ${shell(list)} \\\n  --header "Authorization: Bearer $ACCESS_TOKEN"`,
            answer: answer(200, {
              count: organizers.length,
              next: organizers.length > PAGE ? `${list}?page=2` : null,
              previous: null,
              results: organizers.slice(0, PAGE).map(presentOrganizer),
            }),
          },
        ]),
    { name: 'introspect', request: introspection, answer: introspected(issuer, run.live) },
    {
      name: 'revoke',
      request: curl(app, '/revoke_token', ['--data token="$REFRESH_TOKEN"']),
      answer: '200 OK',
    },
    { name: 'ended', request: introspection, answer: introspected(issuer, run.ended) },
  ];
}

function introspected(issuer: string, result: Introspection): string {
  return result.outcome === 'unauthenticated'
    ? answer(401, { error: 'invalid_client' })
    : answer(200, JSON.parse(presentIntrospection(issuer, result)));
}

/**
 * Writes a POST by the application or API service to an endpoint of OAuth.
 * @param by `secret` is the name of the variable with its secret; undefined: it has none
 */
function curl(
  by: { readonly issuer: string; readonly clientId: string; readonly secret: string | undefined },
  path: string,
  options: readonly string[],
): string {
  const { issuer, clientId, secret } = by;
  return [
    `curl ${shell(`${issuer}/api/v1/oauth${path}`)}`,
    secret === undefined
      ? `--data client_id=${shell(clientId)}`
      : `--user ${shell(clientId)}:"$${secret}"`,
    ...options,
  ].join(' \\\n  ');
}

function answer(status: 200 | 400 | 401, body: unknown): string {
  const words = { 200: 'OK', 400: 'Bad Request', 401: 'Unauthorized' };
  return `${status} ${words[status]}\n\n${pretty(body)}`;
}

/** Writes JSON with small objects and lists on one line. */
function pretty(body: unknown): string {
  return JSON.stringify(body, undefined, 2).replace(
    /([{[])\n\s+([^{}[\]]*)\n\s*([}\]])/g,
    (whole, open: string, inner: string, close: string) => {
      const line = inner.replace(/\n\s+/g, ' ');
      return line.length > LINE ? whole : `${open} ${line} ${close}`;
    },
  );
}

/** Writes each parameter on its own line, without percent signs. */
function onLines(before: string, url: URL): string {
  const parameters = [...url.searchParams].map(
    ([name, value], index) => `\n  ${index === 0 ? '?' : '&'}${name}=${value}`,
  );
  return `${before}${url.origin}${url.pathname}${parameters.join('')}`;
}

/** Leaves eight characters of a secret value. */
function mask(value: string): string {
  return `${value.slice(0, 8)}…`;
}
