import type Router from '@koa/router';
import type Koa from 'koa';

/**
 * Mounts routes, and a 405 for what they have under another method. Requests for paths of other routers
 * pass at once: a router tries all of its expressions on each request.
 */
export function mount<State>(app: Koa, router: Router<State>): void {
  const isOwn = ownPaths(router.stack.map(({ path }) => path));
  // With the property of `routes()` by which a router is found.
  app.use(Object.assign(only(isOwn, router.routes()), { router }));
  app.use(only(isOwn, router.allowedMethods()));
}

function only<State, Custom>(
  isOwn: (path: string) => boolean,
  middleware: Koa.Middleware<State, Custom>,
): Koa.Middleware<State, Custom> {
  return (ctx, next) => (isOwn(ctx.path) ? middleware(ctx, next) : next());
}

/**
 * Returns a test for paths that one of these routes may serve. It is true for all that a route serves,
 * in any letter case and with a slash at the end, and for a few others.
 */
export function ownPaths(routes: readonly (string | RegExp)[]): (path: string) => boolean {
  const fixed = new Set<string>();
  const starts: string[] = [];
  for (const route of routes) {
    const [start = '', ...parameters] = String(route)
      .toLowerCase()
      .split(/[^\w/.-]/);
    if (parameters.length === 0) {
      fixed.add(withoutEnd(start));
    } else if (!starts.some((known) => start.startsWith(known))) {
      starts.push(start);
    }
  }
  return (path) => {
    const asked = path.toLowerCase();
    return fixed.has(withoutEnd(asked)) || starts.some((start) => asked.startsWith(start));
  };
}

/** Cuts slashes at the end. An expression would take time with the square of their number. */
function withoutEnd(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') {
    end -= 1;
  }
  return path.slice(0, end);
}
