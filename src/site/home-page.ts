import { isFromThisMachine } from '../http/origin.ts';
import { type Page, render } from '../http/page.ts';
import type { Locale } from '../lib/locale.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { identify } from '../sessions/pages/sessions.ts';
import type { SiteDeps } from './site-page.ts';

/** The running demo, as the home page describes it. */
export interface DemoGuide {
  readonly applicationUrl: string;
  readonly users: readonly {
    /** First name. */
    readonly name: string;
    readonly email: string;
    readonly password: string;
    /** A few words about the user by language, for example the organizers. */
    readonly note: { readonly en: string; readonly de: string };
  }[];
}

/** Introduces the server and links to its pages. */
export function homePage(issuer: string, demoGuide: () => DemoGuide | undefined): Page<SiteDeps> {
  const isLocal = isLoopbackHost(new URL(issuer).hostname);
  return {
    path: '/',
    show: async (deps, ctx) => {
      await identify(deps, ctx);
      const demo = demoGuide();
      const shown =
        demo && present(demo, deps.renderer.locale(ctx), isLocal && isFromThisMachine(ctx));
      return render('site/landing', { demo: shown });
    },
  };
}

/** Presents the demo. Passwords are shown only on the server's own machine. */
function present({ applicationUrl, users }: DemoGuide, locale: Locale, showsPasswords: boolean) {
  return {
    applicationUrl,
    users: users.map(({ email, password, note }) => ({
      email,
      ...(showsPasswords && { password }),
      note: note[locale],
    })),
  };
}
