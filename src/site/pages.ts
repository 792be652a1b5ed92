import type { OpenApiDocument } from '../api/openapi.ts';
import type { Config } from '../config/config.ts';
import type { Page } from '../http/page.ts';
import { addressPages } from './address-pages.ts';
import { apiPages } from './api-page.ts';
import { apiServicesPage } from './api-services-page.ts';
import { apiTourPage } from './api-tour-page.ts';
import { changelogPage } from './changelog-page.ts';
import { guidePages } from './guide-page.ts';
import { type DemoGuide, homePage } from './home-page.ts';
import type { SiteDeps } from './site-page.ts';
import { startPage } from './start-page.ts';

/** Pages that are open to everybody: home page, guides, API reference. */
export function sitePages(
  config: Config,
  document: () => OpenApiDocument,
  demoGuide: () => DemoGuide | undefined,
): readonly Page<SiteDeps>[] {
  return [
    homePage(config.issuer, demoGuide),
    ...addressPages,
    startPage(config),
    ...guidePages(config),
    apiServicesPage(config),
    apiTourPage(config),
    ...apiPages(config, document),
    changelogPage,
  ];
}
