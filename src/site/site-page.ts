import type { Db } from '../db/database.ts';
import { type Page, type PageDeps, render } from '../http/page.ts';
import type { View } from '../http/view.ts';
import type { Locale } from '../lib/locale.ts';
import { identify } from '../sessions/pages/identify.ts';
import type { Sessions } from '../sessions/pages/sessions.ts';

/** Dependencies of the guides. */
export interface SiteDeps extends PageDeps {
  readonly db: Db;
  readonly sessions: Sessions;
}

/** Builds something once for each language. */
export function inBothLanguages<T>(build: (locale: Locale) => T): Readonly<Record<Locale, T>> {
  return { en: build('en'), de: build('de') };
}

/** A page that is the same for everybody, except for its header. */
export function staticPage<Props extends object>(
  path: string,
  view: View<Props>,
  build: (locale: Locale) => Props,
): Page<SiteDeps> {
  const props = inBothLanguages(build);
  return {
    path,
    show: async (deps, ctx) => {
      await identify(deps, ctx);
      return render(view, props[deps.renderer.locale(ctx)]);
    },
  };
}
