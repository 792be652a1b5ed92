import type { MailData } from './mail.ts';
import type { MailMessageKey } from './mail-messages.ts';
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
  const subject = t(data.removed ? 'password.removed.subject' : 'password.changed.subject');
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

const BY = {
  user: 'password.by_user',
  upstream: 'password.by_upstream',
  platform: 'password.by',
} as const;

function whatHappened({ removed, by }: MailData['password_changed']): MailMessageKey {
  if (removed) {
    return by === 'upstream' ? 'password.removed.upstream' : 'password.removed.happened';
  }
  return by === 'user' ? 'password.changed.by_user' : 'password.changed.happened';
}

function whatToDo({ by }: MailData['password_changed']): MailMessageKey {
  return by === 'upstream' ? 'password.unexpected_upstream' : 'password.unexpected';
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
