import { type Page, PageAnswer, seeOther } from '../http/page.ts';
import type { SiteDeps } from './site-page.ts';

/** Search engines may read the home page and the documentation. */
const ROBOTS = 'User-agent: *\nAllow: /$\nAllow: /docs\nAllow: /assets/\nDisallow: /\n';

/** Addresses that people and programs guess. */
export const addressPages: readonly Page<SiteDeps>[] = [
  redirect('/account', '/account/authorizations'),
  // https://w3c.github.io/webappsec-change-password-url/
  redirect('/.well-known/change-password', '/account/password'),
  {
    path: '/robots.txt',
    show: async () =>
      new PageAnswer((_, ctx) => {
        ctx.type = 'text/plain';
        ctx.body = ROBOTS;
      }),
  },
];

function redirect(path: string, to: string): Page<SiteDeps> {
  return { path, show: async () => seeOther(to) };
}
