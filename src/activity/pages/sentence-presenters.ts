import type { AuditAction } from '../../audit/event.ts';
import { REVOCATION_REASONS } from '../../grants/grant.ts';
import type { MessageParams, Translate } from '../../http/translate.ts';
import { ownValue } from '../../lib/own-value.ts';
import { oneLine } from '../../mail/mail-text.ts';
import type { ActivityEntry } from '../activity.ts';
import { type LikenessData, readEntryData } from '../entry-data.ts';
import type { ActivityText } from '../texts.ts';

/** Actions in the logs of users. Each needs a sentence. */
type UserAction = Extract<
  AuditAction,
  | `stagedoor.user.${string}`
  | `stagedoor.directory.user.${string}`
  | `stagedoor.application.${string}`
>;

/** A sentence and the values for its placeholders. */
export interface Sentence {
  readonly message: ActivityText;
  readonly params: MessageParams;
}

/** Chooses the sentence of an entry. `mine`: the reader of the log has done it. */
type Words = (data: LikenessData, mine: boolean) => ActivityText;

/** Names have up to 255 characters. */
const NAME_LIMIT = 255;

/** Reasons for the end of an access that have a sentence. */
const ENDED = [...REVOCATION_REASONS, 'application_deleted'] as const;

/** Sentences for failed sign-ins by their reason. */
const FAILED: Readonly<Record<string, ActivityText>> = {
  deactivated: 'activity.sign_in_failed.deactivated',
  password_change: 'activity.sign_in_failed.password_change',
};
const FAILED_SIGN_IN = 'activity.sign_in_failed';

/** Sentences for failed authentications with a secret that was valid once. */
const OLD_SECRET: Readonly<Record<string, ActivityText>> = {
  expired: 'activity.authentication_failed.expired',
  deleted: 'activity.authentication_failed.deleted',
};

const WORDS: Readonly<Record<UserAction, Words>> = {
  'stagedoor.user.signed_in': (data) =>
    data.new_device ? 'activity.signed_in.new_device' : 'activity.signed_in',
  'stagedoor.user.sign_in_failed': ({ reason = '' }) => ownValue(FAILED, reason) ?? FAILED_SIGN_IN,
  'stagedoor.user.sign_in_throttled': () => 'activity.sign_in_throttled',
  'stagedoor.user.signed_out': byWhom('activity.signed_out'),
  'stagedoor.user.sessions_ended': () => 'activity.sessions_ended',
  'stagedoor.user.preferences_changed': ({ changed }) =>
    changed.includes('failure_mails')
      ? 'activity.failure_mails_changed'
      : 'activity.preferences_changed',
  'stagedoor.user.password_changed': (data, mine) =>
    data.removed ? 'activity.password_removed' : byWhom('activity.password_changed')(data, mine),
  'stagedoor.user.oauth.authorized': () => 'activity.authorized',
  'stagedoor.user.oauth.denied': () => 'activity.denied',
  'stagedoor.user.oauth.narrowed': () => 'activity.narrowed',
  'stagedoor.user.oauth.revoked': ({ reason }) =>
    `activity.${ENDED.find((one) => one === reason) ?? 'revoked'}`,
  'stagedoor.directory.user.changed': ({ changed }) =>
    changed.includes('created') ? 'activity.user_created' : 'activity.user_changed',
  'stagedoor.directory.user.deleted': () => 'activity.user_deleted',
  'stagedoor.application.registered': byWhom('activity.registered'),
  'stagedoor.application.changed': byWhom('activity.changed'),
  'stagedoor.application.trust_changed': () => 'activity.trust_changed',
  'stagedoor.application.deleted': byWhom('activity.deleted'),
  'stagedoor.application.suspended': () => 'activity.suspended',
  'stagedoor.application.resumed': () => 'activity.resumed',
  'stagedoor.application.reviewed': () => 'activity.reviewed',
  'stagedoor.application.review_requested': byWhom('activity.review_requested'),
  'stagedoor.application.review_questioned': () => 'activity.review_questioned',
  'stagedoor.application.enabled': byWhom('activity.enabled'),
  'stagedoor.application.disabled': byWhom('activity.disabled'),
  'stagedoor.application.secret_added': byWhom('activity.secret_added'),
  'stagedoor.application.secret_deleted': (data, mine) =>
    data.reason === 'leaked'
      ? 'activity.secret_leaked'
      : byWhom('activity.secret_deleted')(data, mine),
  'stagedoor.application.key_added': byWhom('activity.key_added'),
  'stagedoor.application.key_deleted': byWhom('activity.key_deleted'),
  'stagedoor.application.authentication_failed': ({ reason = '' }) =>
    ownValue(OLD_SECRET, reason) ?? 'activity.authentication_failed.wrong',
  'stagedoor.application.transfer_offered': byWhom('activity.transfer_offered'),
  'stagedoor.application.transfer_withdrawn': byWhom('activity.transfer_withdrawn'),
  'stagedoor.application.transfer_accepted': byWhom('activity.transfer_accepted'),
  'stagedoor.application.transfer_declined': byWhom('activity.transfer_declined'),
};

/** Keys that have a variant `.you` for what the reader has done. */
type Twofold = {
  [Key in ActivityText]: `${Key}.you` extends ActivityText ? Key : never;
}[ActivityText];

/** Presents an entry as a sentence. An action that this version does not know goes by its name. */
export function sentenceOf(
  t: Translate<ActivityText>,
  userId: string,
  entry: ActivityEntry,
): Sentence {
  const { action } = entry;
  if (!isUserAction(action)) {
    return { message: 'activity.unknown', params: { action } };
  }
  const data: LikenessData = readEntryData(entry.data);
  const application = oneLine(data.application ?? '', NAME_LIMIT) || t('activity.unnamed');
  return {
    message: WORDS[action](data, isOwn(userId, entry)),
    params: { application, count: data.count },
  };
}

/** Tests if the user has done it, rather than another person or a program. */
export function isOwn(userId: string, { actor }: Pick<ActivityEntry, 'actor'>): boolean {
  return actor === `user:${userId}`;
}

function isUserAction(action: string): action is UserAction {
  return Object.hasOwn(WORDS, action);
}

function byWhom(message: Twofold): Words {
  return (_data, mine) => (mine ? `${message}.you` : message);
}
