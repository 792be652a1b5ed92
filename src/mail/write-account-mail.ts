import type { MailData } from './mail.ts';
import type { MailMessageKey } from './mail-messages.ts';
import { oneLine, unlinked } from './mail-text.ts';
import {
  activityLink,
  authorizationsLink,
  type MailContent,
  type MailPen,
  originFact,
  passwordLink,
  sessionsLink,
  timeFact,
} from './mail-view.ts';

/** Another password, or none any more. */
export function writePasswordChanged(
  pen: MailPen,
  data: MailData['password_changed'],
): MailContent {
  const { t, host } = pen;
  const subject = t(PASSWORD_SUBJECTS[kindOf(data)]);
  return {
    subject,
    heading: subject,
    sections: [
      { sentences: [t(whatHappened(data), { host })] },
      { sentences: [t('password.expected'), t(whatToDo(data), { host })] },
    ],
    facts: [
      timeFact(pen, data),
      { label: t('label.by'), value: t(BY[data.by ?? 'platform']) },
      ...(data.origin === undefined ? [] : [originFact(pen, data.origin)]),
    ],
    links: [sessionsLink(pen), authorizationsLink(pen), activityLink(pen)],
  };
}

const PASSWORD_SUBJECTS = {
  changed: 'password.changed.subject',
  removed: 'password.removed.subject',
  first: 'password.first.subject',
} as const;

function kindOf({ removed, first }: MailData['password_changed']): keyof typeof PASSWORD_SUBJECTS {
  return removed ? 'removed' : first ? 'first' : 'changed';
}

const BY = {
  user: 'password.by_user',
  upstream: 'password.by_upstream',
  platform: 'password.by',
} as const;

function whatHappened(data: MailData['password_changed']): MailMessageKey {
  const { by } = data;
  const kind = kindOf(data);
  if (kind === 'removed') {
    return by === 'upstream' ? 'password.removed.upstream' : 'password.removed.happened';
  }
  if (kind === 'first') {
    return 'password.first.happened';
  }
  return by === 'user' ? 'password.changed.by_user' : 'password.changed.happened';
}

function whatToDo({ by }: MailData['password_changed']): MailMessageKey {
  return by === 'upstream' ? 'password.unexpected_upstream' : 'password.unexpected';
}

/** Another e-mail address, as told to both. */
export function writeEmailChanged(pen: MailPen, data: MailData['email_changed']): MailContent {
  const { t, host } = pen;
  const subject = t('email.subject');
  return {
    subject,
    heading: subject,
    sections: [
      { sentences: [t(data.isFormer ? 'email.former' : 'email.new', { host })] },
      { sentences: [t('password.expected'), t('account.unexpected', { host })] },
    ],
    facts: [timeFact(pen, data), { label: t('label.by'), value: t('password.by') }],
    links: [sessionsLink(pen), authorizationsLink(pen), activityLink(pen)],
  };
}

/** Another sign-in at an upstream provider, or none there any more. */
export function writeIdentityChanged(
  pen: MailPen,
  data: MailData['identity_changed'],
): MailContent {
  const { t, host } = pen;
  const provider = unlinked(oneLine(data.provider));
  const by = data.byEmail ? t('identity.by_email', { provider }) : t('password.by');
  const subject = t(`identity.${data.change}.subject`);
  return {
    subject,
    heading: subject,
    sections: [
      { sentences: [t(identityHappened(data), { provider })] },
      {
        sentences: [
          t(data.byEmail ? 'changed.expected' : 'password.expected'),
          t('account.unexpected', { host }),
        ],
      },
    ],
    facts: [
      timeFact(pen, data),
      { label: t('label.by'), value: by },
      ...(data.origin === undefined ? [] : [originFact(pen, data.origin)]),
    ],
    links: [sessionsLink(pen), authorizationsLink(pen), activityLink(pen)],
  };
}

function identityHappened({ byEmail, change }: MailData['identity_changed']): MailMessageKey {
  return byEmail ? 'identity.linked.by_email' : `identity.${change}.happened`;
}

/** A sign-in from a browser that the account had not seen. */
export function writeNewDevice(pen: MailPen, data: MailData['new_device']): MailContent {
  const { t } = pen;
  const subject = t('sign_in.subject');
  const unexpected = data.upstream ? 'sign_in.unexpected_upstream' : 'sign_in.unexpected';
  return {
    subject,
    heading: subject,
    sections: [
      { sentences: [t('sign_in.happened')] },
      { sentences: [t('sign_in.expected'), t(unexpected)] },
    ],
    facts: [timeFact(pen, data), originFact(pen, data.origin)],
    links: [
      ...(data.upstream ? [] : [passwordLink(pen)]),
      sessionsLink(pen),
      authorizationsLink(pen),
      activityLink(pen),
    ],
  };
}
