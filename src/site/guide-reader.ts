import type { Context } from 'koa';
import type { Application } from '../applications/application.ts';
import { findApplication } from '../applications/store.ts';
import type { Config } from '../config/config.ts';
import type { Locale } from '../lib/locale.ts';
import { identify } from '../sessions/pages/sessions.ts';
import { type ExampleValues, isPlain, presentExample, presentSteps } from './examples.ts';
import { type Examples, presentDocument } from './guide.ts';
import type { GuideDocument } from './guide-document.ts';
import type { SiteDeps } from './site-page.ts';

/** Programs in the tabs of the guides: key, title, file, and chapter of the complete programs. */
export const PROGRAMS = [
  ['curl', 'curl', 'client.sh', 'curl'],
  ['javascript', 'JavaScript', 'client-fetch.mjs', 'fetch'],
  ['oauth4webapi', 'oauth4webapi', 'client-oauth4webapi.mjs', 'oauth4webapi'],
  ['python', 'Python', 'client.py', 'python'],
  ['php', 'PHP', 'client.php', 'php'],
] as const;

/** Their steps. */
const STEPS = ['settings', 'authorize', 'back', 'token', 'api', 'refresh', 'revoke'];

/** Reader of the guide for developers of applications. */
export interface Reader {
  readonly locale: Locale;
  /** Value of `client_id` in the address, if it has the form of a client ID. */
  readonly clientId: string | undefined;
  /** The application with that ID, if the reader owns it. */
  readonly application: Application | undefined;
}

/** Identifies the reader of a page. */
export async function readerOf(deps: SiteDeps, ctx: Context): Promise<Reader> {
  const identified = await identify(deps, ctx);
  const { client_id: given } = ctx.query;
  // Only IDs of registered applications: others are no part of the examples.
  const isRegistered = typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given);
  const clientId = isRegistered ? given : undefined;
  const found =
    identified === undefined || clientId === undefined
      ? undefined
      : await findApplication(deps.db, clientId);
  return {
    locale: deps.renderer.locale(ctx),
    clientId,
    application: found?.ownerId === identified?.user.id ? found : undefined,
  };
}

/** Returns the query that keeps the client ID in links to other guides; empty if there is none. */
export function queryOf({ clientId }: Reader): string {
  return clientId === undefined ? '' : `?client_id=${clientId}`;
}

/** Fills a guide in for its reader. */
export function presentFor(config: Config, reader: Reader, document: GuideDocument) {
  return {
    ...presentDocument(document, examplesFor(config, reader), queryOf(reader)),
    clientId: reader.clientId,
    applicationName: reader.application?.name,
  };
}

/**
 * Examples of all pages. Only the owner gets what is registered, so that others can't find out here
 * whether the application exists.
 */
function examplesFor(config: Config, reader: Reader): Examples {
  const { application } = reader;
  const scopes = config.scopes
    .map(({ name }) => name)
    .filter((name) => application === undefined || application.scopes.includes(name));
  const values: ExampleValues = {
    issuer: config.issuer,
    client_id: reader.clientId ?? 'YOUR_CLIENT_ID',
    client_secret: application?.clientType === 'public' ? '' : 'YOUR_CLIENT_SECRET',
    redirect_uri: application?.redirectUris.find(isPlain) ?? 'https://app.example.com/callback',
    scope: scopes.filter((name) => name !== 'write').join(' ') || scopes.join(' '),
    expires_in: String(config.accessTokenTtl),
  };
  return {
    ...stepsFor(values),
    'answer-token': presentExample('token-answer.txt', values),
    'answer-organizers': presentExample('organizers-answer.txt', values),
    'answer-me': presentExample('me-answer.txt', values),
    'answer-error': presentExample('error-answer.txt', values),
    'program-dpop': presentExample('dpop.mjs', values),
    'program-curl': presentExample('client.sh', values),
    'program-fetch': presentExample('client-fetch.mjs', values),
    'program-oauth4webapi': presentExample('client-oauth4webapi.mjs', values),
    'program-python': presentExample('client.py', values),
    'program-php': presentExample('client.php', values),
    'program-browser': presentExample('browser-app.html', values),
    'register-mcp': presentExample('register-mcp.sh', values),
    'service-mcp': presentExample('service-mcp.mjs', values),
    'program-desktop': presentExample('desktop-app.mjs', values),
  };
}

function stepsFor(values: ExampleValues): Examples {
  const programs = PROGRAMS.map(([key, title, file]) => ({
    key,
    title,
    steps: presentSteps(file, values),
  }));
  return Object.fromEntries(
    STEPS.map((step, index) => [
      `script-${step}`,
      programs.map(({ key, title, steps }) => ({ key, title, code: steps[index] ?? '' })),
    ]),
  );
}
