import { translator } from '../../http/translate.ts';
import { roughAddress } from '../../lib/rough-address.ts';
import { deviceWords } from '../../mail/origin-words.ts';
import type { UserPageDeps, UserRequest } from '../../sessions/pages/user-page.ts';
import type { UserSession } from '../../sessions/session.ts';
import type { AccountText } from '../texts.ts';

/** Path of the list of sessions. */
export const SESSIONS = '/account/sessions';

/** A browser in which the user is signed in. */
interface SessionProps {
  readonly device: string;
  readonly current: boolean;
  readonly signedInAt: Date;
  readonly lastSeenAt: Date;
  /** Network of the last use, shortened. */
  readonly address: string | undefined;
  /** The user signed in at the platform's own login. */
  readonly upstream: boolean;
  /** Confirms before the session ends. */
  readonly endPath: string;
}

/** The sessions that fit on a page. */
export interface ShownSessions {
  readonly sessions: readonly SessionProps[];
  /** Number of sessions that are not shown. */
  readonly more: number;
}

/** Maximum number of sessions on a page: a browser without cookies begins one at each sign-in. */
const SHOWN = 50;

/** Presents sessions, at most `SHOWN` of them. */
export function presentSessions(
  request: UserRequest<UserPageDeps>,
  sessions: readonly UserSession[],
): ShownSessions {
  const shown = sessions.slice(0, SHOWN).map((session) => presentSession(request, session));
  return { sessions: shown, more: sessions.length - shown.length };
}

function presentSession(
  { locale, sessionUid }: UserRequest<UserPageDeps>,
  { uid, signedInAt, lastSeenAt, userAgent, ip, method }: UserSession,
): SessionProps {
  return {
    device:
      userAgent === null
        ? translator<AccountText>(locale)('account.sessions.unknown')
        : deviceWords(userAgent, locale),
    current: uid === sessionUid,
    signedInAt,
    lastSeenAt,
    address: roughAddress(ip),
    upstream: method === 'upstream',
    endPath: `${SESSIONS}/${uid}/end`,
  };
}
