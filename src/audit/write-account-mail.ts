import type { MailData } from './mail.ts';
import {
  activityLink,
  authorizationsLink,
  type MailContent,
  type MailPen,
  originFact,
  timeFact,
} from './mail-view.ts';

/** Another password, or none any more. */
export function writePasswordChanged(
  pen: MailPen,
  data: MailData['password_changed'],
): MailContent {
  const { t, host } = pen;
  const change = data.removed ? 'password.removed' : 'password.changed';
  const subject = t(`${change}.subject`);
  return {
    subject,
    heading: subject,
    sections: [
      { sentences: [t(`${change}.happened`)] },
      { sentences: [t('password.expected'), t('password.unexpected', { host })] },
    ],
    facts: [
      timeFact(pen, data),
      { label: t('label.by'), value: t('password.by') },
      ...(data.origin === undefined ? [] : [originFact(pen, data.origin)]),
    ],
    links: [authorizationsLink(pen), activityLink(pen)],
  };
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
    links: [authorizationsLink(pen), activityLink(pen)],
  };
}
