import type { Context } from 'koa';
import type { Application } from '../applications/application.ts';
import { findApplication } from '../applications/find-application.ts';
import type { Config } from '../config/config.ts';
import { ORGANIZERS_PER_GRANT } from '../grants/grant.ts';
import { type Page, render } from '../http/page.ts';
import type { Locale } from '../lib/locale.ts';
import { localized } from '../lib/localized-text.ts';
import { identify } from '../sessions/pages/identify.ts';
import { chosenSamples } from './chosen-samples.ts';
import { formatDuration } from './duration.ts';
import { type ExampleValues, isPlain, presentExample, presentSteps } from './examples.ts';
import { type Examples, guideView, presentDocument } from './guide.ts';
import { type DocumentSettings, type GuideDocument, readGuide } from './guide-document.ts';
import { perLanguage, type SiteDeps } from './site-page.ts';

/** Files in `views/docs/<locale>/` and pages below `/docs/`. */
const FURTHER_GUIDES = ['browser-apps', 'native-apps', 'servers', 'agents', 'examples'];

/** Programs whose steps the guide shows, by the keys of their tabs. */
const PROGRAMS = [
  ['curl', 'curl', 'client.sh'],
  ['javascript', 'JavaScript', 'client-fetch.mjs'],
  ['oauth4webapi', 'oauth4webapi', 'client-oauth4webapi.mjs'],
  ['python', 'Python', 'client.py'],
  ['php', 'PHP', 'client.php'],
] as const;

/** Their steps. */
const STEPS = ['settings', 'authorize', 'back', 'token', 'api', 'refresh', 'revoke'];

/** Reader of the guide for developers of applications. */
interface Reader {
  readonly locale: Locale;
  /** Value of `client_id` in the address, if it has the form of a client ID. */
  readonly clientId: string | undefined;
  /** The application with that ID, if the reader owns it. */
  readonly application: Application | undefined;
}

/**
 * The guide for developers of applications. `?client_id=` fills that ID into the examples, and for
 * the owner of the application everything that is registered.
 */
export function guidePage(config: Config): Page<SiteDeps> {
  const documents = perLanguage((locale) => ({
    guide: readGuide('guide', locale, settingsFor(config, locale)),
    further: FURTHER_GUIDES.map((name) => ({
      path: pathOf(name),
      title: readGuide(name, locale, settingsFor(config, locale)).title,
    })),
    scopes: config.scopes.map(({ name, text }) => ({ name, text: localized(text, locale) })),
  }));
  return {
    path: '/docs',
    show: async (deps, ctx) => {
      const reader = await readerOf(deps, ctx);
      const { guide, further, scopes } = documents(reader.locale);
      return render(guideView, {
        ...presentFor(config, reader, guide),
        ...chosenSamples(ctx),
        scopes,
        further: further.map(({ path, title }) => ({ href: path + queryOf(reader), title })),
      });
    },
  };
}

/** Guides for kinds of applications, and complete programs. */
export function furtherGuidePages(config: Config): readonly Page<SiteDeps>[] {
  return FURTHER_GUIDES.map((name) => {
    const documents = perLanguage((locale) => readGuide(name, locale, settingsFor(config, locale)));
    return {
      path: pathOf(name),
      show: async (deps, ctx) => {
        const reader = await readerOf(deps, ctx);
        return render(guideView, {
          ...presentFor(config, reader, documents(reader.locale)),
          ...chosenSamples(ctx),
        });
      },
    };
  });
}

function pathOf(name: string): string {
  return `/docs/${name}`;
}

function settingsFor(config: Config, locale: Locale): DocumentSettings {
  const { registration, metadataDocuments, dynamicRegistration, scopes } = config;
  const has = (name: string) => scopes.some((scope) => scope.name === name);
  const conditions = Object.entries({
    'self-registration': registration !== 'closed',
    'operator-registration': registration === 'closed',
    'review-required': registration === 'approval',
    'metadata-documents': metadataDocuments !== 'off',
    'dynamic-registration': dynamicRegistration !== 'off',
    'only-by-hand': dynamicRegistration === 'off' && metadataDocuments === 'off',
    'read-and-write': has('read') && has('write'),
    profile: has('profile'),
    'refresh-retry': config.refreshRetrySeconds > 0,
    'no-refresh-retry': config.refreshRetrySeconds === 0,
  });
  return {
    values: {
      issuer: config.issuer,
      limit: String(ORGANIZERS_PER_GRANT),
      default_scope: config.defaultScopes.join(' '),
      access_lifetime: formatDuration(config.accessTokenTtl, locale),
      refresh_lifetime: formatDuration(config.refreshTokenTtl, locale),
      retry_seconds: String(config.refreshRetrySeconds),
    },
    conditions: conditions.flatMap(([name, holds]) => (holds ? [name] : [])),
  };
}

async function readerOf(deps: SiteDeps, ctx: Context): Promise<Reader> {
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

function queryOf({ clientId }: Reader): string {
  return clientId === undefined ? '' : `?client_id=${clientId}`;
}

function presentFor(config: Config, reader: Reader, document: GuideDocument) {
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
