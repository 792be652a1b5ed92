import Router from '@koa/router';
import type { Db } from './db/database.ts';
import { identify } from './web/identify.ts';
import type { Renderer } from './web/render.ts';
import type { Sessions } from './web/session.ts';
import type { DemoGuide } from './web/views.ts';

/** The front page: what this is, and where to go from here. */
export function landingRoutes(deps: {
  readonly db: Db;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
  readonly demoGuide: () => DemoGuide | undefined;
}): Router {
  return new Router().get('/', async (ctx) => {
    await identify(deps, ctx);
    deps.renderer.page(ctx, 'landing', { demo: deps.demoGuide() });
  });
}
