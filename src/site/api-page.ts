import type { OpenApiDocument } from '../api/openapi.ts';
import type { Config } from '../config/config.ts';
import { type Page, render } from '../http/page.ts';
import { translator } from '../http/translate.ts';
import { view } from '../http/view.ts';
import { StagedoorError } from '../lib/errors.ts';
import { identify } from '../sessions/pages/identify.ts';
import { type ApiReference, type ApiSection, presentReference } from './api-reference.ts';
import { type FoundInApi, searchApi } from './api-search.ts';
import { type GuideProps, presentDocument } from './guide.ts';
import { readGuide } from './guide-document.ts';
import { type OauthEndpoint, oauthEndpoints } from './oauth-endpoints.ts';
import { perLanguage, type SiteDeps } from './site-page.ts';
import type { SiteText } from './texts.ts';

/** Props of all pages of the reference. */
interface ApiProps {
  readonly title: string;
  readonly crumbs: string;
  readonly sections: ApiReference['sections'];
  /** Text that the reader searches for; empty if they do not. */
  readonly q: string;
}

/** Props of the first page, which has the results of a search, too. */
type ApiOverviewProps = ApiProps &
  Pick<GuideProps, 'lead' | 'intro'> &
  ApiReference & {
    readonly oauth: readonly OauthEndpoint[];
    readonly found: FoundInApi | undefined;
  };

const overviewView = view<ApiOverviewProps>('docs/api');
const sectionView = view<ApiProps & { readonly section: ApiSection }>('docs/api-section');

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
        return render(overviewView, { ...reference, oauth, q, found });
      },
    },
    {
      path: '/docs/api/:section',
      show: async (deps, ctx) => {
        await identify(deps, ctx);
        const { title, crumbs, sections } = references(deps.renderer.locale(ctx));
        const section = sections.find(({ id }) => id === ctx.params.section);
        if (section === undefined) {
          throw new StagedoorError('not_found', 'Not found.');
        }
        return render(sectionView, { title, crumbs, sections, section, q: '' });
      },
    },
  ];
}
