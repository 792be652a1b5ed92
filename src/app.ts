import type Koa from 'koa';
import { accountPages } from './account/pages/pages.ts';
import { activityPages } from './activity/pages/pages.ts';
import { apiRoutes } from './api/mount.ts';
import { describedApi } from './api/openapi-endpoint.ts';
import type { OperatorAccess } from './api/operator.ts';
import type { CandidateSource } from './applications/candidate.ts';
import { createClientIds } from './applications/dynamic/client-ids.ts';
import { registrationRoutes } from './applications/dynamic/routes.ts';
import { dynamicSource } from './applications/dynamic/source.ts';
import { createLogoEncoder } from './applications/encode-logo.ts';
import { createOfferLimits } from './applications/offer-limits.ts';
import { logoRoutes } from './applications/pages/logo-routes.ts';
import { applicationPages } from './applications/pages/pages.ts';
import { REGISTRATIONS } from './applications/register.ts';
import { kindsToReview } from './applications/review-need.ts';
import { countWaiting } from './applications/review-store.ts';
import type { RecordAuthenticationFailure } from './audit/authentication-failure.ts';
import type { InteractionDeps } from './authorization/pages/interactions.ts';
import { interactionPages } from './authorization/pages/pages.ts';
import { CHANGES, changesEndpoint } from './changes/routes.ts';
import { metadataDocuments } from './client-documents/metadata-documents.ts';
import { REPORTS } from './client-documents/report-failure.ts';
import { openKeySets } from './client-keys/key-sets.ts';
import { createRecordKeyUse } from './client-keys/store.ts';
import { createRecordSecretUse } from './client-secrets/store.ts';
import type { Config } from './config/config.ts';
import { consolePages } from './console/pages/pages.ts';
import type { Database } from './db/database.ts';
import { apiEndpoints } from './endpoints.ts';
import { openFetcher } from './fetch/fetcher.ts';
import { grantPages } from './grants/pages/pages.ts';
import { createExamination, serverChecks } from './health/examination.ts';
import { openAssets } from './http/assets.ts';
import { compressPages } from './http/compress.ts';
import { createCsrf, csrfKeys } from './http/csrf.ts';
import { errorPage } from './http/error-page.ts';
import { errorResponses, reportBrokenAnswer } from './http/error-response.ts';
import { securityHeaders } from './http/headers.ts';
import { mount } from './http/mount.ts';
import { pageRoutes } from './http/page.ts';
import { createRenderer } from './http/render.ts';
import { refuseUnserved } from './http/take-turns.ts';
import type { ErrorQueue } from './insights/error-queue.ts';
import { insightsPages } from './insights/pages/pages.ts';
import type { RequestCounter } from './insights/request-counter.ts';
import { INTROSPECTION, introspectionEndpoint } from './introspection/routes.ts';
import { leakedRoutes } from './leaked/routes.ts';
import type { Logger } from './lib/log.ts';
import { createLimits } from './limits/limits.ts';
import { prepareCandidates } from './oidc/candidates.ts';
import { CROSS_ORIGIN_RULES } from './oidc/client-origins.ts';
import { crossOriginResponses } from './oidc/cors.ts';
import { withTransaction } from './oidc/current-transaction.ts';
import { addErrorUri } from './oidc/error-uri.ts';
import { createInteractions } from './oidc/interactions.ts';
import { noteClient } from './oidc/note-client.ts';
import { programEndpoints } from './oidc/program-endpoints.ts';
import { createProvider } from './oidc/provider.ts';
import { createProgramQueue, providerTransaction } from './oidc/provider-transaction.ts';
import { pushedRequestBudget } from './oidc/pushed-request-budget.ts';
import { readFlowFirst } from './oidc/read-flow.ts';
import { keepRedirectQuery } from './oidc/redirect-query.ts';
import { createRenderError } from './oidc/render-error.ts';
import { protocolRoutes } from './oidc/routes.ts';
import { createSessions } from './oidc/sessions.ts';
import { findWaitingApplication } from './oidc/sign-in-first.ts';
import { noteTrials } from './oidc/trials.ts';
import { operationsRoutes, PROBES } from './operations/health.ts';
import type { Metrics } from './operations/metrics.ts';
import { observeRequests } from './operations/observe-requests.ts';
import { createDevices } from './sessions/pages/device-cookie.ts';
import { identify } from './sessions/pages/sessions.ts';
import { createGuessGuard } from './sign-in/guess-guard.ts';
import { createGuessLimits } from './sign-in/guess-limits.ts';
import { demoPage, offerDemoAccounts } from './sign-in/pages/demo-page.ts';
import { loginPage } from './sign-in/pages/login-page.ts';
import { logoutPage } from './sign-in/pages/logout-page.ts';
import { backchannelRoutes } from './sign-in/upstream/pages/backchannel-routes.ts';
import { upstreamPages } from './sign-in/upstream/pages/pages.ts';
import { connectUpstream } from './sign-in/upstream/pages/upstream-login.ts';
import type { Keyring } from './signing-keys/keyring.ts';
import type { DemoGuide } from './site/home-page.ts';
import { sitePages } from './site/pages.ts';
import { tokenEndpoint } from './token-endpoint/routes.ts';
import { tokenSettings } from './tokens/introspect.ts';
import type { OnReplay } from './tokens/proof.ts';
import { trialPages } from './trials/pages/pages.ts';
import type { PasswordCost } from './users/password.ts';
import { createPasswordQueue, passwordWork } from './users/password-queue.ts';

/** Dependencies of the application. */
export interface AppDeps {
  readonly config: Config;
  readonly database: Database;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly cookieKeys: readonly string[];
  readonly keyring: Keyring;
  readonly operators: OperatorAccess;
  /** Aborted when the server stops: what takes long says so and ends. */
  readonly ending?: AbortSignal | undefined;
  /** Returns the reason why the server is not ready; undefined if it is. */
  readonly findObstacle: () => Promise<string | undefined>;
  /** Tests if the server is about to stop. */
  readonly isStopping?: (() => boolean) | undefined;
  /** Milliseconds that an atomic import may take; undefined: any. */
  readonly atomicImportLimit?: number | undefined;
  /** Cost of hashing passwords, for tests. */
  readonly passwordCost?: PasswordCost | undefined;
  /** Queue of failed requests of applications, for their developers. */
  readonly clientErrors: ErrorQueue;
  readonly requestCounter: RequestCounter;
  /** Records failed authentications of programs. */
  readonly recordFailure: RecordAuthenticationFailure;
  /** Makes a span of each request; undefined if tracing is off. */
  readonly traceRequests?: Koa.Middleware | undefined;
  /** Returns the demo of the front page; undefined until it runs. */
  readonly demoGuide: () => DemoGuide | undefined;
}

/** Paths whose requests wait for no others: API calls of the platform and alarms depend on them. */
export const URGENT_PATHS: ReadonlySet<string> = new Set([INTROSPECTION, CHANGES, ...PROBES]);

/**
 * Puts everything together: stores, use cases, provider, routes. The provider is the Koa
 * application, as its authors mean it; what `use` adds runs before it, in this order.
 */
export function createApp(deps: AppDeps): Koa {
  const { config, database, log, metrics, cookieKeys, keyring } = deps;
  const { db } = database;
  const { issuer } = config;
  const secure = issuer.startsWith('https:');
  const csrfOptions = { keys: csrfKeys(cookieKeys), secure };
  const assets = openAssets(config.platform);
  const renderer = createRenderer({ ...csrfOptions, platform: config.platform, assets });
  const csrf = createCsrf({ ...csrfOptions, issuer });
  const devices = createDevices({ secure });
  const limits = createLimits(database, cookieKeys[0] ?? '', metrics.countRefusal);
  const fetcher = openFetcher({ limits, settings: config });
  const keySets = openKeySets({ db, fetcher });
  const passwordQueue = createPasswordQueue(
    config.workers,
    () => metrics.countRefusal('password_queue'),
    deps.passwordCost,
  );
  metrics.observePasswordQueue(passwordQueue);
  const guard = createGuessGuard({
    db,
    limits: createGuessLimits(limits),
    queue: passwordQueue,
    log,
    countCheck: metrics.events.passwordChecks.count,
  });
  const onReplay: OnReplay = (where) => log.warn(where, 'Replayed DPoP proof refused');
  const recordKeyUse = createRecordKeyUse(db);
  const recordApplicationSecret = createRecordSecretUse(db, 'application_secrets');
  const clientIds = createClientIds(cookieKeys);
  const candidateSources: readonly CandidateSource[] = [
    metadataDocuments({
      config,
      fetcher,
      reports: {
        log,
        clientErrors: deps.clientErrors,
        reports: limits.named('documents', REPORTS),
      },
    }),
    dynamicSource({ config, clientIds, limits }),
  ];
  const provider = createProvider({
    db,
    config,
    cookieKeys,
    clientErrors: deps.clientErrors,
    requestCounter: deps.requestCounter,
    recordFailure: deps.recordFailure,
    onReplay,
    countTokenResponse: metrics.events.tokenResponses.count,
    recordSecretUse: recordApplicationSecret,
    recordKeyUse,
    candidateSources,
    renderError: createRenderError({ renderer, db, config }),
  });
  const sessions = createSessions({ provider, db, config });
  const interactions = createInteractions({ provider, db, config });
  const inTransaction: InteractionDeps['inTransaction'] = (work) => withTransaction(db, work);
  const countWaitingReviews = async () => (await countWaiting(db, kindsToReview(config))).count;
  const pages = {
    ...{ db, config, sessions, renderer, csrf, devices, guard, limits, inTransaction },
    countWaiting: countWaitingReviews,
  };
  const upstream =
    config.upstream &&
    connectUpstream(config.upstream, {
      ...{ db, issuer, devices, renderer, limits, log },
      countOutcome: metrics.events.upstreamSignIns.count,
    });
  const recordSecretUse = createRecordSecretUse(db, 'resource_server_secrets');
  const api = describedApi(apiEndpoints({ ...deps, onReplay, passwordQueue }), issuer);

  if (deps.traceRequests !== undefined) {
    provider.use(deps.traceRequests);
  }
  provider.use(observeRequests(metrics, log));
  provider.use(
    errorResponses(
      errorPage(renderer, log, (ctx) => identify({ sessions }, ctx)),
      log,
      metrics.events.outages.count,
    ),
  );
  provider.use(refuseUnserved());
  provider.use(crossOriginResponses(CROSS_ORIGIN_RULES));
  const settings = tokenSettings(config);
  const countIntrospection = metrics.events.introspections.count;
  provider.use(
    introspectionEndpoint({
      ...deps,
      issuer,
      keySets,
      recordSecretUse,
      recordKeyUse,
      settings,
      countIntrospection,
    }),
  );
  const observeAge = metrics.events.observeChangesAge;
  provider.use(changesEndpoint({ ...deps, recordSecretUse, settings, observeAge }));
  provider.use(securityHeaders());
  provider.use(
    tokenEndpoint({
      database,
      config,
      recordSecretUse: recordApplicationSecret,
      counter: deps.requestCounter,
      countResponse: metrics.events.tokenResponses.count,
    }),
  );
  provider.use(compressPages());
  provider.use(assets.serve);
  mount(provider, operationsRoutes({ ...deps, metrics }));
  mount(provider, pageRoutes(pages, sitePages(config, api.document, deps.demoGuide)));
  if (upstream === undefined) {
    const waiting = (path: string) => findWaitingApplication({ db, config }, path);
    const demoAccounts = offerDemoAccounts(config, deps.demoGuide);
    const loginPages = config.demo && !config.production ? [loginPage, demoPage] : [loginPage];
    mount(
      provider,
      pageRoutes({ ...pages, findWaitingApplication: waiting, demoAccounts }, loginPages),
    );
  } else {
    mount(provider, pageRoutes({ ...pages, upstream }, upstreamPages));
    mount(provider, backchannelRoutes({ db, upstream }));
  }
  mount(provider, pageRoutes({ ...pages, elsewhere: upstream?.signedOut }, [logoutPage]));
  mount(provider, pageRoutes(pages, grantPages));
  const registrations = limits.named('registrations', REGISTRATIONS);
  const offerLimits = createOfferLimits(limits);
  const encodeLogo = createLogoEncoder();
  const developerPages = { ...pages, cookieKeys, registrations, offerLimits, encodeLogo };
  mount(provider, pageRoutes(developerPages, applicationPages));
  mount(provider, pageRoutes({ ...developerPages, database, settings }, trialPages));
  mount(provider, logoRoutes(deps.database));
  mount(provider, pageRoutes(pages, insightsPages));
  mount(provider, pageRoutes(pages, activityPages));
  mount(provider, pageRoutes(pages, accountPages));
  const hash = passwordWork(passwordQueue, 'trusted').hashUnlessKnown;
  const examine = createExamination(serverChecks(database, config));
  const operatorPages = { ...pages, operators: deps.operators, hash, examine };
  mount(provider, pageRoutes(operatorPages, consolePages));
  provider.use(noteTrials(cookieKeys, secure));
  mount(provider, pageRoutes({ ...pages, interactions, upstream }, interactionPages));
  const { operatorToken, leakScannerKeys: keys } = config;
  mount(provider, leakedRoutes({ db, log, operatorToken, limits, keys }));
  mount(provider, registrationRoutes(config, clientIds));
  mount(provider, apiRoutes(api.endpoints));
  mount(provider, protocolRoutes({ config, keyring, provider, limits }));
  provider.use(programEndpoints());
  provider.use(keepRedirectQuery());
  provider.use(addErrorUri());
  provider.use(pushedRequestBudget(limits));
  provider.use(prepareCandidates({ provider, db, renderer }, candidateSources));
  provider.use(noteClient());
  provider.use(providerTransaction(db, keySets, createProgramQueue(config.databaseConnections)));
  provider.use(readFlowFirst(provider, db));
  const app: Koa = provider;
  return app.on('error', reportBrokenAnswer(log));
}
