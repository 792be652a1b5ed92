import type { Db } from '../db/database.ts';
import { type Page, type PageDeps, render } from '../http/page.ts';
import { lazy } from '../lib/lazy.ts';
import type { Locale } from '../lib/locale.ts';
import { identify, type Sessions } from '../sessions/pages/sessions.ts';
import { chosenSamples } from './chosen-samples.ts';

/** Dependencies of the guides. */
export interface SiteDeps extends PageDeps {
  readonly db: Db;
  readonly sessions: Sessions;
}

/** Returns a function that builds something once for each language, when it is first asked for. */
export function perLanguage<T>(build: (locale: Locale) => T): (locale: Locale) => T {
  const built = { en: lazy(() => build('en')), de: lazy(() => build('de')) };
  return (locale) => built[locale]();
}

/** A page that is the same for everybody, except for its header and the tabs that are open. */
export function staticPage(
  path: string,
  view: string,
  build: (locale: Locale) => object,
): Page<SiteDeps> {
  const props = perLanguage(build);
  return {
    path,
    show: async (deps, ctx) => {
      await identify(deps, ctx);
      return render(view, { ...props(deps.renderer.locale(ctx)), ...chosenSamples(ctx) });
    },
  };
}
