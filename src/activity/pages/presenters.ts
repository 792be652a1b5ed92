import { toIpAddress } from '../../lib/ip-address.ts';
import { deviceWords } from '../../mail/origin-words.ts';
import type { ActivityEntry } from '../activity.ts';
import { readEntryData } from '../entry-data.ts';
import type { ActivityEntryProps } from '../views.ts';
import { detailsOf, endOf, type WordsDeps } from './detail-presenters.ts';
import { isOwn, sentenceOf } from './sentence-presenters.ts';

/** What entries are presented with. */
export interface PresentDeps extends WordsDeps {
  /** Whose log it is. */
  readonly userId: string;
}

/** An entry as the page tells it. */
export function presentEntry(deps: PresentDeps, entry: ActivityEntry): ActivityEntryProps {
  const { t } = deps;
  const ip = toIpAddress(entry.ip);
  return {
    ...sentenceOf(t, deps.userId, entry),
    happenedAt: entry.happenedAt,
    by: byWhom(deps, entry),
    device: hasDevice(deps, entry)
      ? deviceWords(entry.userAgent ?? undefined, deps.locale)
      : undefined,
    address: ip && t('activity.address', { ip }),
    details: detailsOf(deps, entry),
    endsAt: endOf(entry),
  };
}

/** An entry as the download has it: the contract's snake_case, and times with their zone. */
export function presentForDownload(deps: PresentDeps, entry: ActivityEntry): object {
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

/** Of another user or an operator, only that it was one: who they are is not the reader's to know. */
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

/** Of an access that the user gave: whoever else ends it stands behind the application. */
function isAboutAccess({ action }: ActivityEntry): boolean {
  return action.startsWith('stagedoor.user.oauth.');
}

/** Where an application's server asks, there is a program at the other end, and no device. */
function hasDevice({ userId }: PresentDeps, entry: ActivityEntry): boolean {
  const { action, userAgent } = entry;
  const isAttempt = action.startsWith('stagedoor.user.sign_in_');
  return userAgent !== null && (isOwn(userId, entry) || isAttempt);
}
