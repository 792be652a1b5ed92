import { APPLICATIONS } from '../../applications/pages/owner-page.ts';
import type { MessageParams } from '../../http/translate.ts';
import { ownValue } from '../../lib/own-value.ts';
import type { ActivityEntry } from '../activity.ts';
import type { OwnedApplication } from '../activity-store.ts';
import { type LikenessData, readEntryData } from '../entry-data.ts';
import type { ActivityText } from '../texts.ts';

/** Advice about an alarming entry, and the page where to follow it. */
export interface AdviceProps {
  readonly tone: 'warning' | 'alarm';
  readonly message: ActivityText;
  readonly link: ActivityText;
  readonly params: MessageParams;
  readonly href: string;
}

type Target =
  | 'authorizations'
  | 'password'
  | 'sessions'
  | 'profile'
  | 'application'
  | 'credentials';
type Advice = readonly [tone: AdviceProps['tone'], message: ActivityText, target: Target];
/** Returns undefined if an entry needs none. `owned`: the user's application that it is about. */
type Rule = (data: LikenessData, owned: OwnedApplication | undefined) => Advice | undefined;

const PATHS: Readonly<Record<Exclude<Target, 'application' | 'credentials'>, string>> = {
  authorizations: '/account/authorizations',
  password: '/account/password',
  sessions: '/account/sessions',
  profile: '/account/profile',
};

/** Fields of an account that decide who can sign in. */
const IDENTITY = ['email', 'upstream_subject'];

const RULES: Readonly<Record<string, Rule>> = {
  'stagedoor.user.oauth.revoked': ({ reason }) =>
    reason === 'reuse_detected' || reason === 'leaked'
      ? ['alarm', 'activity.advice.disconnected', 'authorizations']
      : undefined,
  'stagedoor.user.signed_in': (data) =>
    data.new_device ? ['warning', 'activity.advice.new_device', 'password'] : undefined,
  'stagedoor.user.sign_in_failed': ({ reason }) =>
    reason === 'password_change'
      ? ['alarm', 'activity.advice.password_tried', 'sessions']
      : undefined,
  'stagedoor.user.sign_in_throttled': () => ['warning', 'activity.advice.guessed', 'password'],
  'stagedoor.user.password_changed': () => ['warning', 'activity.advice.password', 'sessions'],
  'stagedoor.directory.user.changed': ({ changed }) =>
    !changed.includes('created') && changed.some((field) => IDENTITY.includes(field))
      ? ['warning', 'activity.advice.identity', 'profile']
      : undefined,
  'stagedoor.application.trust_changed': () => [
    'warning',
    'activity.advice.trust',
    'authorizations',
  ],
  'stagedoor.application.suspended': (_data, owned) =>
    owned?.isSuspended ? ['alarm', 'activity.advice.suspended', 'application'] : undefined,
  'stagedoor.application.review_questioned': (_data, owned) =>
    owned?.isQuestioned ? ['warning', 'activity.advice.questioned', 'application'] : undefined,
  'stagedoor.application.secret_deleted': ({ reason }, owned) =>
    owned && reason === 'leaked'
      ? ['alarm', 'activity.advice.secret_leaked', 'credentials']
      : undefined,
  'stagedoor.application.authentication_failed': ({ reason }, owned) =>
    owned && [
      'warning',
      reason === 'expired' || reason === 'deleted'
        ? 'activity.advice.old_secret'
        : 'activity.advice.wrong_secret',
      'credentials',
    ],
};

/**
 * Presents what to do about the entries of a line, by the most severe one; undefined for those that alarm
 * nobody, or are settled.
 */
export function adviceOn(
  entries: readonly Pick<ActivityEntry, 'action' | 'data'>[],
  owned: OwnedApplication | undefined,
  params: MessageParams,
): AdviceProps | undefined {
  const found = entries.flatMap(({ action, data }) => {
    const one = ownValue(RULES, action)?.(readEntryData(data), owned);
    return one === undefined ? [] : [one];
  });
  const advice = found.find(([tone]) => tone === 'alarm') ?? found[0];
  if (advice === undefined) {
    return undefined;
  }
  const [tone, message, target] = advice;
  const application = `${APPLICATIONS}/${owned?.clientId ?? ''}`;
  const paths = { ...PATHS, application, credentials: `${application}/credentials` };
  return { tone, message, link: `activity.advice.link.${target}`, params, href: paths[target] };
}
