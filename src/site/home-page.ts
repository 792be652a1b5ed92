import Router from '@koa/router';
import type { Context } from 'koa';
import type { Config } from '../config/config.ts';
import type { Db } from '../db/database.ts';
import { isFromThisMachine } from '../http/origin.ts';
import type { Renderer } from '../http/render.ts';
import type { DemoGuide, ViewProps } from '../http/views.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { identify } from '../sessions/pages/identify.ts';
import type { Sessions } from '../sessions/pages/sessions.ts';

/** The front page: what this is, and where to go from here. */
export function landingRoutes(deps: {
  readonly db: Db;
  readonly sessions: Sessions;
  readonly renderer: Renderer;
  readonly demoGuide: () => DemoGuide | undefined;
  readonly config: Pick<Config, 'issuer'>;
}): Router {
  return new Router().get('/', async (ctx) => {
    await identify(deps, ctx);
    deps.renderer.page(ctx, 'site/landing', { demo: visibleDemo(deps, ctx) });
  });
}

/** Shows the passwords of the demo to people at this machine only. */
function visibleDemo(
  deps: {
    readonly config: Pick<Config, 'issuer'>;
    readonly demoGuide: () => DemoGuide | undefined;
  },
  ctx: Context,
): ViewProps['site/landing']['demo'] {
  const demo = deps.demoGuide();
  const isHere = isLoopbackHost(new URL(deps.config.issuer).hostname) && isFromThisMachine(ctx);
  return isHere || demo === undefined
    ? demo
    : { ...demo, users: demo.users.map(({ email, note }) => ({ email, note })) };
}
