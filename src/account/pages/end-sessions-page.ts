import { noFields } from '../../http/form.ts';
import { type PageAnswer, render, seeOther } from '../../http/page.ts';
import { endPickedSessions } from '../../sessions/end-sessions.ts';
import { type UserPageDeps, type UserRequest, userPage } from '../../sessions/pages/user-page.ts';
import { listSessions } from '../../sessions/session-store.ts';
import { presentSessions, SESSIONS } from './session-presenters.ts';

/** Path of the page that ends all sessions but this one. No session ID is that short. */
export const END_OTHERS = `${SESSIONS}/others/end`;

/** Results of ending sessions, shown above the list. */
export const NOTICES = ['ended', 'ended_others', 'already_ended'] as const;

type Request = UserRequest<UserPageDeps>;

/** Ends all sessions but this one after a confirmation. */
export const endOtherSessionsPage = endPage(END_OTHERS);

/** Ends a session after a confirmation. */
export const endSessionPage = endPage(`${SESSIONS}/:uid/end`);

function endPage(path: string) {
  return userPage({
    path,
    show: async (request) => {
      const all = await listSessions(request.deps.db, request.user.id);
      const picked = all.filter(({ uid }) => isPicked(request, uid));
      if (picked.length === 0) {
        return toList(request);
      }
      return render('account/sessions_end', {
        action: request.path,
        ...presentSessions(request, picked),
        // Ends all sessions but this one, rather than one session.
        others: request.params.uid === undefined,
        timezone: request.user.timezone,
      });
    },
    post: {
      form: noFields,
      submit: async (request) => {
        const { tx, user, origin } = request;
        const ended = await endPickedSessions(tx, user.id, (uid) => isPicked(request, uid), origin);
        return toList(request, ended);
      },
    },
  });
}

/** Excludes the session of this browser: it ends by signing out. */
function isPicked({ params, sessionUid }: Request, uid: string): boolean {
  return uid !== sessionUid && (params.uid === undefined || uid === params.uid);
}

/** Redirects to the list. A session of another user looks like one that has ended. */
function toList({ params, sessionUid }: Request, ended = 0): PageAnswer {
  if (params.uid === sessionUid) {
    return seeOther('/logout');
  }
  const done = params.uid === undefined ? 'ended_others' : 'ended';
  const notice: (typeof NOTICES)[number] = ended === 0 ? 'already_ended' : done;
  return seeOther(`${SESSIONS}?notice=${notice}`);
}
