import { translator } from '../../http/translate.ts';
import type { Locale } from '../../lib/locale.ts';
import { roughAddress } from '../../lib/rough-address.ts';
import { deviceWords } from '../../mail/origin-words.ts';
import type { UserSession } from '../../sessions/session.ts';
import type { AccountText } from '../texts.ts';
import type { SessionProps } from '../views.ts';
import { SESSIONS } from './account-page.ts';

/** One session in words. Of its ids only the uid gets onto a page, which opens nothing. */
export function presentSession(
  page: { readonly locale: Locale; readonly currentUid: string },
  session: UserSession,
): SessionProps {
  const { uid, signedInAt, lastSeenAt, userAgent, ip, method } = session;
  return {
    device:
      userAgent === null
        ? translator<AccountText>(page.locale)('account.sessions.unknown')
        : deviceWords(userAgent, page.locale),
    current: uid === page.currentUid,
    signedInAt,
    lastSeenAt,
    address: roughAddress(ip),
    upstream: method === 'upstream',
    endPath: `${SESSIONS}/${uid}/end`,
  };
}
