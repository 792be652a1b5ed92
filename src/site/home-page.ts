import type { Context } from 'koa';
import { isFromThisMachine } from '../http/origin.ts';
import { type Page, render } from '../http/page.ts';
import { view } from '../http/view.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { identify } from '../sessions/pages/identify.ts';
import type { SiteDeps } from './site-page.ts';

/** The running demo, as the home page describes it. */
export interface DemoGuide {
  readonly applicationUrl: string;
  readonly users: readonly {
    readonly email: string;
    readonly password: string;
    /** A few words about the user, for example the organizers. */
    readonly note: string;
  }[];
}

/** The home page. Passwords are shown only on the server's own machine. */
interface HomeProps {
  readonly demo:
    | {
        readonly applicationUrl: string;
        readonly users: readonly {
          readonly email: string;
          readonly password?: string;
          readonly note: string;
        }[];
      }
    | undefined;
}

export const homeView = view<HomeProps>('site/landing');

/** Introduces the server and links to its pages. */
export function homePage(issuer: string, demoGuide: () => DemoGuide | undefined): Page<SiteDeps> {
  const isLocal = isLoopbackHost(new URL(issuer).hostname);
  return {
    path: '/',
    show: async (deps, ctx) => {
      await identify(deps, ctx);
      return render(homeView, { demo: visibleDemo(demoGuide(), isLocal, ctx) });
    },
  };
}

function visibleDemo(
  demo: DemoGuide | undefined,
  isLocal: boolean,
  ctx: Context,
): HomeProps['demo'] {
  return demo === undefined || (isLocal && isFromThisMachine(ctx))
    ? demo
    : { ...demo, users: demo.users.map(({ email, note }) => ({ email, note })) };
}
