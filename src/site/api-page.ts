import type { OpenApiDocument } from '../api/openapi.ts';
import type { Config } from '../config/config.ts';
import { type Page, render } from '../http/page.ts';
import { translator } from '../http/translate.ts';
import { found } from '../lib/errors.ts';
import { identify } from '../sessions/pages/sessions.ts';
import { presentReference } from './api-reference.ts';
import { searchApi } from './api-search.ts';
import { presentDocument } from './guide.ts';
import { readGuide } from './guide-document.ts';
import { oauthEndpoints } from './oauth-endpoints.ts';
import { perLanguage, type SiteDeps } from './site-page.ts';
import type { SiteText } from './texts.ts';

/** The reference of the JSON API, generated from its OpenAPI description: a page per section. */
export function apiPages(
  config: Config,
  document: () => OpenApiDocument,
): readonly Page<SiteDeps>[] {
  const oauth = oauthEndpoints(config);
  const references = perLanguage((locale) => ({
    ...presentDocument(readGuide('api', locale, { values: {} }), {}),
    ...presentReference(document(), translator<SiteText>(locale)),
  }));
  return [
    {
      path: '/docs/api',
      show: async (deps, ctx) => {
        await identify(deps, ctx);
        const reference = references(deps.renderer.locale(ctx));
        const q = typeof ctx.query.q === 'string' ? ctx.query.q.trim().slice(0, 100) : '';
        const found = q === '' ? undefined : searchApi({ ...reference, oauth }, q);
        return render('docs/api', { ...reference, oauth, q, found });
      },
    },
    {
      path: '/docs/api/:section',
      show: async (deps, ctx) => {
        await identify(deps, ctx);
        const { title, crumbs, sections } = references(deps.renderer.locale(ctx));
        const section = found(sections.find(({ id }) => id === ctx.params.section));
        return render('docs/api-section', { title, crumbs, sections, section, q: '' });
      },
    },
  ];
}
