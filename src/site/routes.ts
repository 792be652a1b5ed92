import Router from '@koa/router';
import type { Context } from 'koa';
import type { OpenApiDocument } from '../api/openapi-document.ts';
import { findApplication } from '../applications/find-application.ts';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import type { Renderer } from '../http/render.ts';
import { identify } from '../sessions/pages/identify.ts';
import type { Sessions } from '../sessions/pages/sessions.ts';
import { presentApi } from './api-page.ts';
import { presentApiServices } from './api-services-page.ts';
import { presentTour } from './api-tour-page.ts';
import { presentExamples, presentGuide, type Reader } from './guide-page.ts';

/** What the developer guide needs. */
export interface GuideRoutesDeps {
  readonly db: Db;
  readonly config: Config;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
  readonly apiDocument: OpenApiDocument;
}

/**
 * The guides for developers of applications and of API services, for everybody. With `?client_id=` the examples are
 * filled in with that id, and for its owner with all that is registered.
 */
export function guideRoutes(deps: GuideRoutesDeps): Router {
  const reference = presentApi(deps.apiDocument);
  return new Router()
    .get('/docs', async (ctx) => {
      deps.renderer.page(ctx, 'docs/guide', presentGuide(deps.config, await readerOf(deps, ctx)));
    })
    .get('/docs/examples', async (ctx) => {
      const reader = await readerOf(deps, ctx);
      deps.renderer.page(ctx, 'docs/examples', presentExamples(deps.config, reader));
    })
    .get('/docs/api-services', async (ctx) => {
      await identify(deps, ctx);
      const props = presentApiServices(deps.config, deps.renderer.locale(ctx));
      deps.renderer.page(ctx, 'docs/api-services', props);
    })
    .get('/docs/api', async (ctx) => {
      await identify(deps, ctx);
      deps.renderer.page(ctx, 'docs/api', reference[deps.renderer.locale(ctx)]);
    })
    .get('/docs/api/tour', async (ctx) => {
      await identify(deps, ctx);
      const props = presentTour(deps.config, deps.renderer.locale(ctx));
      deps.renderer.page(ctx, 'docs/api-tour', props);
    });
}

async function readerOf(deps: GuideRoutesDeps, ctx: Context): Promise<Reader> {
  const identified = await identify(deps, ctx);
  const { client_id: clientId } = ctx.query;
  const found =
    identified !== undefined && typeof clientId === 'string'
      ? await findApplication(deps.db, clientId)
      : undefined;
  return {
    locale: deps.renderer.locale(ctx),
    clientId: typeof clientId === 'string' ? clientId : undefined,
    application: found?.ownerId === identified?.user.id ? found : undefined,
  };
}
