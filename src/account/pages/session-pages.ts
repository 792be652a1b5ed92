import { upstreamHost } from '../../config/upstream.ts';
import { noFields } from '../../http/form.ts';
import { oneOf, type PageAnswer, render, seeOther } from '../../http/page.ts';
import { translator } from '../../http/translate.ts';
import { roughAddress } from '../../lib/rough-address.ts';
import { deviceWords } from '../../mail/origin-words.ts';
import { endPickedSessions } from '../../sessions/end-sessions.ts';
import { type UserPageDeps, type UserRequest, userPage } from '../../sessions/pages/user-page.ts';
import { listSessions, type UserSession } from '../../sessions/session-store.ts';
import type { AccountText } from '../texts.ts';

/** Path of the list of sessions. */
const SESSIONS = '/account/sessions';
/** Path of the page that ends all sessions but this one. No session ID is that short. */
const END_OTHERS = `${SESSIONS}/others/end`;

/** Results of ending sessions, shown above the list. */
export const NOTICES = ['ended', 'ended_others', 'already_ended'] as const;

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

/** Maximum number of sessions on a page: a browser without cookies begins one at each sign-in. */
const SHOWN = 50;

/** Presents sessions, at most `SHOWN` of them, and counts the others. */
function presentSessions(request: Request, sessions: readonly UserSession[]) {
  const shown = sessions.slice(0, SHOWN).map((session) => presentSession(request, session));
  return { sessions: shown, more: sessions.length - shown.length };
}

function presentSession(
  { locale, sessionUid }: Request,
  { uid, signedInAt, lastSeenAt, userAgent, ip, method }: UserSession,
) {
  return {
    device:
      userAgent === null
        ? translator<AccountText>(locale)('account.sessions.unknown')
        : deviceWords(userAgent, locale),
    current: uid === sessionUid,
    signedInAt,
    lastSeenAt,
    // Network of the last use, shortened.
    address: roughAddress(ip),
    // The user signed in at the platform's own login.
    upstream: method === 'upstream',
    // Confirms before the session ends.
    endPath: `${SESSIONS}/${uid}/end`,
  };
}
