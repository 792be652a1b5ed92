import type { MailData } from './mail.ts';
import { oneLine, unlinked } from './mail-text.ts';
import {
  accountLinks,
  type MailContent,
  type MailContext,
  originFacts,
  timeFact,
} from './mail-view.ts';
import type { MailText } from './texts.ts';

/** Pages on which a reader sees and ends what somebody else did with the account. */
const SECURITY_PAGES = ['sessions', 'authorizations', 'activity'] as const;

/** Another password, or none any more. */
export function writePasswordChanged(
  pen: MailContext,
  data: MailData['password_changed'],
): MailContent {
  const { t, host } = pen;
  const subject = t(PASSWORD_SUBJECTS[kindOf(data)]);
  return {
    subject,
    heading: subject,
    sections: [
      { sentences: [t(whatHappened(data), { host })] },
      { sentences: [t('mail.password.expected'), t(whatToDo(data), { host })] },
    ],
    facts: [
      timeFact(pen, data),
      { label: t('mail.label.by'), value: t(BY[data.by ?? 'platform']) },
      ...originFacts(pen, data.origin),
    ],
    links: accountLinks(pen, ...SECURITY_PAGES),
  };
}

const PASSWORD_SUBJECTS = {
  changed: 'mail.password.changed.subject',
  removed: 'mail.password.removed.subject',
  first: 'mail.password.first.subject',
} as const;

function kindOf({ removed, first }: MailData['password_changed']): keyof typeof PASSWORD_SUBJECTS {
  return removed ? 'removed' : first ? 'first' : 'changed';
}

const BY = {
  user: 'mail.password.by_user',
  upstream: 'mail.password.by_upstream',
  platform: 'mail.password.by',
} as const;

function whatHappened(data: MailData['password_changed']): MailText {
  const { by } = data;
  const kind = kindOf(data);
  if (kind === 'removed') {
    return by === 'upstream' ? 'mail.password.removed.upstream' : 'mail.password.removed.happened';
  }
  if (kind === 'first') {
    return 'mail.password.first.happened';
  }
  return by === 'user' ? 'mail.password.changed.by_user' : 'mail.password.changed.happened';
}

function whatToDo({ by }: MailData['password_changed']): MailText {
  return by === 'upstream' ? 'mail.password.unexpected_upstream' : 'mail.password.unexpected';
}

/** Reports another email address, to both addresses. */
export function writeEmailChanged(pen: MailContext, data: MailData['email_changed']): MailContent {
  const { t, host } = pen;
  const subject = t('mail.email.subject');
  return {
    subject,
    heading: subject,
    sections: [
      { sentences: [t(data.isFormer ? 'mail.email.former' : 'mail.email.new', { host })] },
      { sentences: [t('mail.password.expected'), t('mail.account.unexpected', { host })] },
    ],
    facts: [timeFact(pen, data), { label: t('mail.label.by'), value: t('mail.password.by') }],
    links: accountLinks(pen, ...SECURITY_PAGES),
  };
}

/** Another sign-in at an upstream provider, or none there any more. */
export function writeIdentityChanged(
  pen: MailContext,
  data: MailData['identity_changed'],
): MailContent {
  const { t, host } = pen;
  const provider = unlinked(oneLine(data.provider));
  const by = data.byEmail ? t('mail.identity.by_email', { provider }) : t('mail.password.by');
  const subject = t(`mail.identity.${data.change}.subject`);
  return {
    subject,
    heading: subject,
    sections: [
      { sentences: [t(identityHappened(data), { provider })] },
      {
        sentences: [
          t(data.byEmail ? 'mail.changed.expected' : 'mail.password.expected'),
          t('mail.account.unexpected', { host }),
        ],
      },
    ],
    facts: [
      timeFact(pen, data),
      { label: t('mail.label.by'), value: by },
      ...originFacts(pen, data.origin),
    ],
    links: accountLinks(pen, ...SECURITY_PAGES),
  };
}

function identityHappened({ byEmail, change }: MailData['identity_changed']): MailText {
  return byEmail ? 'mail.identity.linked.by_email' : `mail.identity.${change}.happened`;
}

/** A sign-in from a browser that the account had not seen. */
export function writeNewDevice(pen: MailContext, data: MailData['new_device']): MailContent {
  const { t } = pen;
  const subject = t('mail.sign_in.subject');
  const unexpected = data.upstream ? 'mail.sign_in.unexpected_upstream' : 'mail.sign_in.unexpected';
  return {
    subject,
    heading: subject,
    sections: [
      { sentences: [t('mail.sign_in.happened')] },
      { sentences: [t('mail.sign_in.expected'), t(unexpected)] },
    ],
    facts: [timeFact(pen, data), ...originFacts(pen, data.origin)],
    links: accountLinks(pen, ...(data.upstream ? [] : (['password'] as const)), ...SECURITY_PAGES),
  };
}
