import { upstreamHost } from '../../config/upstream.ts';
import { oneOf, render } from '../../http/page.ts';
import { userPage } from '../../sessions/pages/user-page.ts';
import type { UserSession } from '../../sessions/session.ts';
import { listSessions } from '../../sessions/session-store.ts';
import { END_OTHERS, NOTICES } from './end-sessions-page.ts';
import { presentSessions, SESSIONS } from './session-presenters.ts';

/** Lists the browsers in which the user is signed in, this one first. */
export const sessionsPage = userPage({
  path: SESSIONS,
  show: async (request) => {
    const { deps, user, sessionUid, query } = request;
    const all = await listSessions(deps.db, user.id);
    const isOwn = ({ uid }: UserSession) => uid === sessionUid;
    const ownFirst = [...all.filter(isOwn), ...all.filter((one) => !isOwn(one))];
    const { upstream } = deps.config;
    return render('account/sessions', {
      ...presentSessions(request, ownFirst),
      endOthersPath: END_OTHERS,
      // Host of the platform's own login, if users sign in there.
      host: upstream && upstreamHost(upstream),
      notice: oneOf(NOTICES, query.notice),
      timezone: user.timezone,
    });
  },
});
