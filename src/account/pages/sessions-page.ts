import type { Context } from 'koa';
import { oneOf, postedForm, seeOther } from '../../applications/pages/account-page.ts';
import { originOf } from '../../http/origin.ts';
import { endPickedSessions } from '../../sessions/end-sessions.ts';
import { listSessions } from '../../sessions/list-sessions.ts';
import { type Identified, requireSignIn } from '../../sessions/pages/identify.ts';
import type { UserSession } from '../../sessions/session.ts';
import type { SessionProps, SessionsNotice } from '../views.ts';
import { type AccountPagesDeps, hostElsewhere, SESSIONS } from './account-page.ts';
import { presentSession } from './session-presenters.ts';

/** Where all sessions but this one are ended. No uid is that short. */
export const END_OTHERS = `${SESSIONS}/others/end`;

const NOTICES: readonly SessionsNotice[] = ['ended', 'ended_others', 'already_ended'];

/** A browser that keeps no cookies begins a session each time. */
const SHOWN = 50;

/** The browsers in which the user is signed in. */
export async function showSessions(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return;
  }
  const { user, sessionUid } = identified;
  const all = await listSessions(deps.db, user.id);
  const isOwn = ({ uid }: UserSession) => uid === sessionUid;
  const ownFirst = [...all.filter(isOwn), ...all.filter((one) => !isOwn(one))];
  deps.renderer.page(ctx, 'account/sessions', {
    ...present(deps, ctx, identified, ownFirst),
    endOthersPath: END_OTHERS,
    host: hostElsewhere(deps.config),
    notice: oneOf(NOTICES, ctx.query.notice),
    timezone: user.timezone,
  });
}

/** Asks once more before the session of the path ends, or all others where there is none. */
export async function showEndSessions(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return;
  }
  const all = await listSessions(deps.db, identified.user.id);
  const picked = all.filter(({ uid }) => pick(ctx, identified)(uid));
  if (picked.length === 0) {
    return toList(ctx, identified);
  }
  deps.renderer.page(ctx, 'account/sessions_end', {
    action: ctx.path,
    ...present(deps, ctx, identified, picked),
    others: ctx.params.uid === undefined,
    timezone: identified.user.timezone,
  });
}

/** Ends them. */
export async function answerEndSessions(deps: AccountPagesDeps, ctx: Context): Promise<void> {
  await postedForm(deps, ctx);
  const identified = await requireSignIn(deps, ctx);
  if (identified === undefined) {
    return;
  }
  const ended = await deps.inTransaction((tx) =>
    endPickedSessions(tx, identified.user.id, pick(ctx, identified), originOf(ctx)),
  );
  toList(ctx, identified, ended);
}

/** The session of this browser is never among them: it ends by signing out. */
function pick(ctx: Context, { sessionUid }: Identified): (uid: string) => boolean {
  const picked: unknown = ctx.params.uid;
  return (uid) => uid !== sessionUid && (picked === undefined || uid === picked);
}

/** Somebody else's session looks like one that has ended: nobody learns which there are. */
function toList(ctx: Context, { sessionUid }: Identified, ended = 0): void {
  const done: SessionsNotice = ctx.params.uid === undefined ? 'ended_others' : 'ended';
  const notice: SessionsNotice = ended === 0 ? 'already_ended' : done;
  seeOther(ctx, ctx.params.uid === sessionUid ? '/logout' : `${SESSIONS}?notice=${notice}`);
}

function present(
  deps: AccountPagesDeps,
  ctx: Context,
  { sessionUid }: Identified,
  sessions: readonly UserSession[],
): { readonly sessions: SessionProps[]; readonly more: number } {
  const page = { locale: deps.renderer.locale(ctx), currentUid: sessionUid };
  const shown = sessions.slice(0, SHOWN).map((session) => presentSession(page, session));
  return { sessions: shown, more: sessions.length - shown.length };
}
