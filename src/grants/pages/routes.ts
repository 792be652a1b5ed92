import Router from '@koa/router';
import { AUTHORIZATIONS, type GrantPagesDeps } from './account-page.ts';
import { answerChange, showChange } from './change-page.ts';
import { showAuthorizations } from './list-page.ts';
import { answerRevokeApplication, showRevokeApplication } from './revoke-application-page.ts';
import { answerRevoke, showRevoke } from './revoke-page.ts';
import { answerRevokeUnused, showRevokeUnused } from './revoke-unused-page.ts';

/** The user's authorized applications: see, narrow, and end. */
export function grantRoutes(deps: GrantPagesDeps): Router {
  const one = `${AUTHORIZATIONS}/:id`;
  const application = `${AUTHORIZATIONS}/applications/:clientId`;
  return new Router()
    .get(AUTHORIZATIONS, (ctx) => showAuthorizations(deps, ctx))
    .get(`${AUTHORIZATIONS}/unused`, (ctx) => showRevokeUnused(deps, ctx))
    .post(`${AUTHORIZATIONS}/unused`, (ctx) => answerRevokeUnused(deps, ctx))
    .get(`${application}/revoke`, (ctx) => showRevokeApplication(deps, ctx))
    .post(`${application}/revoke`, (ctx) => answerRevokeApplication(deps, ctx))
    .get(`${one}/change`, (ctx) => showChange(deps, ctx))
    .post(`${one}/change`, (ctx) => answerChange(deps, ctx))
    .get(`${one}/revoke`, (ctx) => showRevoke(deps, ctx))
    .post(`${one}/revoke`, (ctx) => answerRevoke(deps, ctx));
}
