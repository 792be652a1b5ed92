import { Router } from '@koa/router';
import type { z } from 'zod';
import { readJson } from '../api/json-body.ts';
import { listPage, type Slice } from '../api/list.ts';
import { type OperatorState, requireOperator } from '../api/operator.ts';
import { found, param } from '../api/route.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { deleteApplication } from './delete-application.ts';
import { deleteResourceServer } from './delete-resource-server.ts';
import { findApplication } from './find-application.ts';
import { findResourceServer } from './find-resource-server.ts';
import { listApplications } from './list-applications.ts';
import { listResourceServers } from './list-resource-servers.ts';
import { registerApplication } from './register.ts';
import { registerResourceServer } from './register-resource-server.ts';
import { resumeApplication } from './resume.ts';
import { reviewApplication } from './review.ts';
import { suspendApplication } from './suspend.ts';
import { updateApplication } from './update.ts';
import {
  applicationBody,
  applicationChanges,
  presentApplication,
  presentResourceServer,
  resourceServerBody,
  suspensionBody,
} from './wire.ts';

/** What the routes of the management API need. */
export interface ApplicationRoutesDeps {
  readonly database: Database;
  readonly config: Pick<Config, 'issuer' | 'scopes'>;
  /** Unset: the routes answer 401 to everybody. */
  readonly operatorToken: string | undefined;
}

/** `/api/v1/applications/` and `/api/v1/resource-servers/`, for operators. */
export function applicationRoutes(deps: ApplicationRoutesDeps): Router<OperatorState> {
  const router = new Router<OperatorState>({ prefix: '/api/v1' });
  router.use(requireOperator(deps.operatorToken));
  addApplicationRoutes(router, deps);
  addStateRoutes(router, deps);
  addResourceServerRoutes(router, deps);
  return router;
}

function addApplicationRoutes(
  router: Router<OperatorState>,
  { database: { db }, config }: ApplicationRoutesDeps,
): void {
  const scopes = config.scopes.map((scope) => scope.name);
  const [body, changesBody] = [applicationBody(scopes), applicationChanges(scopes)];
  router.get('/applications', async (ctx) => {
    const load = (slice: Slice) => listApplications(db, slice);
    ctx.body = await listPage(config.issuer, ctx.url, load, presentApplication);
  });
  router.post('/applications', async (ctx) => {
    const input = await readJson(ctx, body);
    const { application, clientSecret } = await inTransaction(db, (tx) =>
      registerApplication(tx, ctx.state.actor, {
        ...named(input),
        name: input.name,
        redirectUris: input.redirect_uris,
        scopes: input.scopes,
      }),
    );
    ctx.status = 201;
    ctx.body = { ...presentApplication(application), client_secret: clientSecret };
  });
  router.get('/applications/:client_id', async (ctx) => {
    ctx.body = presentApplication(found(await findApplication(db, param(ctx, 'client_id'))));
  });
  router.patch('/applications/:client_id', async (ctx) => {
    const changes = named(await readJson(ctx, changesBody));
    const application = await inTransaction(db, (tx) =>
      updateApplication(tx, ctx.state.actor, param(ctx, 'client_id'), changes),
    );
    ctx.body = presentApplication(application);
  });
  router.delete('/applications/:client_id', async (ctx) => {
    await inTransaction(db, (tx) =>
      deleteApplication(tx, ctx.state.actor, param(ctx, 'client_id')),
    );
    ctx.status = 204;
  });
}

function addStateRoutes(
  router: Router<OperatorState>,
  { database: { db } }: ApplicationRoutesDeps,
): void {
  router.post('/applications/:client_id/suspend', async (ctx) => {
    const { reason } = await readJson(ctx, suspensionBody);
    const application = await inTransaction(db, (tx) =>
      suspendApplication(tx, ctx.state.actor, param(ctx, 'client_id'), reason),
    );
    ctx.body = presentApplication(application);
  });
  router.post('/applications/:client_id/resume', async (ctx) => {
    const application = await inTransaction(db, (tx) =>
      resumeApplication(tx, ctx.state.actor, param(ctx, 'client_id')),
    );
    ctx.body = presentApplication(application);
  });
  router.post('/applications/:client_id/review', async (ctx) => {
    const application = await inTransaction(db, (tx) =>
      reviewApplication(tx, ctx.state.actor, param(ctx, 'client_id')),
    );
    ctx.body = presentApplication(application);
  });
}

function addResourceServerRoutes(
  router: Router<OperatorState>,
  { database: { db }, config }: ApplicationRoutesDeps,
): void {
  router.get('/resource-servers', async (ctx) => {
    const load = (slice: Slice) => listResourceServers(db, slice);
    ctx.body = await listPage(config.issuer, ctx.url, load, presentResourceServer);
  });
  router.post('/resource-servers', async (ctx) => {
    const input = await readJson(ctx, resourceServerBody);
    const { resourceServer, clientSecret } = await inTransaction(db, (tx) =>
      registerResourceServer(tx, ctx.state.actor, input),
    );
    ctx.status = 201;
    ctx.body = { ...presentResourceServer(resourceServer), client_secret: clientSecret };
  });
  router.get('/resource-servers/:client_id', async (ctx) => {
    ctx.body = presentResourceServer(found(await findResourceServer(db, param(ctx, 'client_id'))));
  });
  router.delete('/resource-servers/:client_id', async (ctx) => {
    await inTransaction(db, (tx) =>
      deleteResourceServer(tx, ctx.state.actor, param(ctx, 'client_id')),
    );
    ctx.status = 204;
  });
}

/** The body's fields by our names; what is not in it is undefined. */
function named(body: z.output<ReturnType<typeof applicationChanges>>) {
  return {
    ownerId: body.owner,
    name: body.name,
    description: body.description,
    homepageUrl: body.homepage_url,
    privacyPolicyUrl: body.privacy_policy_url,
    termsUrl: body.terms_url,
    clientType: body.client_type,
    redirectUris: body.redirect_uris,
    scopes: body.scopes,
    requirePkce: body.require_pkce,
    isActive: body.is_active,
  };
}
