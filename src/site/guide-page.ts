import type { Config } from '../config/config.ts';
import { type Page, render } from '../http/page.ts';
import { localized } from '../lib/localized-text.ts';
import { chosenSamples } from './chosen-samples.ts';
import { readGuide } from './guide-document.ts';
import { presentFor, readerOf } from './guide-reader.ts';
import { settingsFor } from './guide-settings.ts';
import { perLanguage, type SiteDeps } from './site-page.ts';

/** Files in `views/docs/<locale>/` and pages below `/docs/`, in the order of the start page. */
export const GUIDES = ['guide', 'browser-apps', 'native-apps', 'servers', 'agents', 'examples'];

/**
 * Guides for developers of applications. `?client_id=` fills that ID into the examples, and for the
 * owner of the application everything that is registered.
 */
export function guidePages(config: Config): readonly Page<SiteDeps>[] {
  return GUIDES.map((name) => {
    const documents = perLanguage((locale) => ({
      guide: readGuide(name, locale, settingsFor(config, locale)),
      scopes: config.scopes.map((scope) => ({
        name: scope.name,
        text: localized(scope.text, locale),
      })),
    }));
    return {
      path: `/docs/${name}`,
      show: async (deps, ctx) => {
        const reader = await readerOf(deps, ctx);
        const { guide, scopes } = documents(reader.locale);
        return render('docs/guide', {
          ...presentFor(config, reader, guide),
          ...chosenSamples(ctx),
          scopes,
        });
      },
    };
  });
}
