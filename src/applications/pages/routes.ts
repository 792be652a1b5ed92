import Router from '@koa/router';
import type { Limits } from '../../limits/limits.ts';
import { createOfferLimits } from '../offer-limits.ts';
import { type AccountPagesDeps, APPLICATIONS, seeOther } from './account-page.ts';
import { answerDelete, showDelete } from './delete-page.ts';
import { answerEdit, showEdit } from './edit-page.ts';
import { answerTransfer, showApplications } from './list-page.ts';
import { answerActive, showApplication } from './overview-page.ts';
import { answerRegister, showRegister } from './register-page.ts';
import {
  answerAddSecret,
  answerDeleteSecret,
  showAddSecret,
  showDeleteSecret,
} from './secrets-page.ts';
import { showStart } from './start-page.ts';
import { answerTransferForm, answerWithdraw, showTransfer } from './transfer-page.ts';

/** The developer's own applications: `/account/applications`. */
export function applicationAccountRoutes(
  deps: AccountPagesDeps & { readonly limits: Pick<Limits, 'named'> },
): Router {
  const one = `${APPLICATIONS}/:clientId`;
  const offers = { ...deps, offerLimits: createOfferLimits(deps.limits) };
  return (
    new Router()
      .get(APPLICATIONS, (ctx) => showApplications(deps, ctx))
      .get(`${APPLICATIONS}/new`, (ctx) => showRegister(deps, ctx))
      .post(`${APPLICATIONS}/new`, (ctx) => answerRegister(deps, ctx))
      .get(`${APPLICATIONS}/transfers/:clientId/:answer`, (ctx) => seeOther(ctx, APPLICATIONS))
      .post(`${APPLICATIONS}/transfers/:clientId/accept`, (ctx) => answerTransfer(deps, ctx, true))
      .post(`${APPLICATIONS}/transfers/:clientId/decline`, (ctx) =>
        answerTransfer(deps, ctx, false),
      )
      .get(one, (ctx) => showApplication(deps, ctx))
      .get(`${one}/start`, (ctx) => showStart(deps, ctx))
      .get(`${one}/edit`, (ctx) => showEdit(deps, ctx))
      .post(`${one}/edit`, (ctx) => answerEdit(deps, ctx))
      .post(`${one}/disable`, (ctx) => answerActive(deps, ctx, false))
      .post(`${one}/enable`, (ctx) => answerActive(deps, ctx, true))
      .get(`${one}/secrets/new`, (ctx) => showAddSecret(deps, ctx))
      .post(`${one}/secrets/new`, (ctx) => answerAddSecret(deps, ctx))
      .get(`${one}/secrets/:secretId/delete`, (ctx) => showDeleteSecret(deps, ctx))
      .post(`${one}/secrets/:secretId/delete`, (ctx) => answerDeleteSecret(deps, ctx))
      .get(`${one}/delete`, (ctx) => showDelete(deps, ctx))
      .post(`${one}/delete`, (ctx) => answerDelete(deps, ctx))
      .get(`${one}/transfer`, (ctx) => showTransfer(deps, ctx))
      .post(`${one}/transfer`, (ctx) => answerTransferForm(offers, ctx))
      .post(`${one}/transfer/withdraw`, (ctx) => answerWithdraw(deps, ctx))
      // Where the sign-in page leads back to when the session had ended before one of these forms.
      .get([`${one}/disable`, `${one}/enable`, `${one}/transfer/withdraw`], (ctx) =>
        seeOther(ctx, `${APPLICATIONS}/${ctx.params.clientId}`),
      )
  );
}
