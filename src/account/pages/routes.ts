import Router from '@koa/router';
import { type AccountPagesDeps, PASSWORD, PROFILE, SESSIONS } from './account-page.ts';
import { answerPassword, showPassword } from './password-page.ts';
import { answerProfile, showProfile } from './profile-page.ts';
import { answerEndSessions, END_OTHERS, showEndSessions, showSessions } from './sessions-page.ts';

/** The user's own pages: who they are here, their password, and where they are signed in. */
export function accountRoutes(deps: AccountPagesDeps): Router {
  const one = `${SESSIONS}/:uid/end`;
  return new Router()
    .get(PROFILE, (ctx) => showProfile(deps, ctx))
    .post(PROFILE, (ctx) => answerProfile(deps, ctx))
    .get(PASSWORD, (ctx) => showPassword(deps, ctx))
    .post(PASSWORD, (ctx) => answerPassword(deps, ctx))
    .get(SESSIONS, (ctx) => showSessions(deps, ctx))
    .get(END_OTHERS, (ctx) => showEndSessions(deps, ctx))
    .post(END_OTHERS, (ctx) => answerEndSessions(deps, ctx))
    .get(one, (ctx) => showEndSessions(deps, ctx))
    .post(one, (ctx) => answerEndSessions(deps, ctx));
}
