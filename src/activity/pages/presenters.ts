import type { Config } from '../../config/config.ts';
import { translator } from '../../http/translate.ts';
import { toIpAddress } from '../../lib/ip-address.ts';
import type { Locale } from '../../lib/locale.ts';
import { deviceWords } from '../../mail/origin-words.ts';
import type { ActivityEntry } from '../activity.ts';
import { readEntryData } from '../entry-data.ts';
import type { ActivityText } from '../texts.ts';
import { detailsOf, endOf, type WordsDeps } from './detail-presenters.ts';
import { isOwn, sentenceOf } from './sentence-presenters.ts';

/** Language and scopes for the texts, and the user whose log it is. */
export interface PresentDeps extends WordsDeps {
  readonly userId: string;
}

export function wordsFor({ scopes }: Config, locale: Locale, userId: string): PresentDeps {
  return { t: translator<ActivityText>(locale), locale, scopes, userId };
}

/** Presents an entry on the page, as a sentence with details. */
export function presentEntry(deps: PresentDeps, entry: ActivityEntry) {
  const { t } = deps;
  const ip = toIpAddress(entry.ip);
  return {
    ...sentenceOf(t, deps.userId, entry),
    happenedAt: entry.happenedAt,
    // The kind of actor in words, unless it was the user.
    by: byWhom(deps, entry),
    device: hasDevice(deps, entry)
      ? deviceWords(entry.userAgent ?? undefined, deps.locale)
      : undefined,
    address: ip && t('activity.address', { ip }),
    details: detailsOf(deps, entry),
    // New end of the access, if that was changed.
    endsAt: endOf(entry),
  };
}

/** Presents an entry in the download, with snake_case names. */
export function presentForDownload(deps: PresentDeps, entry: ActivityEntry) {
  const { message, params } = sentenceOf(deps.t, deps.userId, entry);
  const { application } = readEntryData(entry.data);
  return {
    id: entry.id,
    action: entry.action,
    sentence: deps.t(message, params),
    happened_at: entry.happenedAt.toISOString(),
    actor: presentActor(deps, entry),
    application:
      entry.clientId === null ? null : { client_id: entry.clientId, name: application ?? null },
    grant_id: entry.grantId,
    ip: toIpAddress(entry.ip) ?? null,
    user_agent: entry.userAgent,
    data: entry.data,
  };
}

/** Hides which other user or operator it was: that is not the reader's to know. */
function presentActor({ userId }: PresentDeps, entry: ActivityEntry): string {
  const [kind = ''] = entry.actor.split(':', 1);
  return isOwn(userId, entry) || kind === 'client' ? entry.actor : kind;
}

function byWhom({ t, userId }: PresentDeps, entry: ActivityEntry): string | undefined {
  if (isOwn(userId, entry)) {
    return undefined;
  }
  switch (entry.actor.split(':', 1)[0]) {
    case 'operator':
      return t('activity.by.operator');
    case 'client':
      return t('activity.by.application');
    case 'user':
      return t(isAboutAccess(entry) ? 'activity.by.owner' : 'activity.by.other');
    default:
      return undefined;
  }
}

/** Tests if an entry is about an access that the user gave. Another user who ends it owns the application. */
function isAboutAccess({ action }: ActivityEntry): boolean {
  return action.startsWith('stagedoor.user.oauth.');
}

/** Tests if the user agent is a device. An application's server sends one, too, but has none. */
function hasDevice({ userId }: PresentDeps, entry: ActivityEntry): boolean {
  const { action, userAgent } = entry;
  const isAttempt = action.startsWith('stagedoor.user.sign_in_');
  return userAgent !== null && (isOwn(userId, entry) || isAttempt);
}
