import type { MailData } from './mail.ts';
import { oneLine, quoted, unlinked } from './mail-text.ts';
import {
  applicationFacts,
  type MailContent,
  type MailContext,
  originFacts,
  timeFact,
} from './mail-view.ts';
import type { MailText } from './texts.ts';

/** Longest address or label, in characters. */
const DETAIL_LIMIT = 200;
const REASON_LIMIT = 2000;

/** Advice for changes that an intruder in the owner's account could have made. */
const BY_THE_OWNER = ['mail.changed.expected', 'mail.changed.unexpected'] as const;

type Change = MailData['application_changed']['change'];

/** Sentences about each change, and the label of its details. */
const CHANGES: Readonly<Record<Change, { texts: readonly MailText[]; details?: MailText }>> = {
  secret_added: { texts: BY_THE_OWNER, details: 'mail.label.secret' },
  secret_deleted: {
    texts: ['mail.changed.secret_deleted.text', ...BY_THE_OWNER],
    details: 'mail.label.secret',
  },
  secret_leaked: {
    texts: ['mail.changed.secret_leaked.text', 'mail.changed.secret_leaked.todo'],
    details: 'mail.label.secret',
  },
  key_added: { texts: BY_THE_OWNER, details: 'mail.label.key' },
  key_deleted: {
    texts: ['mail.changed.key_deleted.text', ...BY_THE_OWNER],
    details: 'mail.label.key',
  },
  redirect_uris_changed: {
    texts: ['mail.changed.redirect_uris_changed.text', ...BY_THE_OWNER],
    details: 'mail.label.redirect_uris',
  },
  transfer_offered: {
    texts: ['mail.changed.transfer_offered.text', ...BY_THE_OWNER],
    details: 'mail.label.offered_to',
  },
  transfer_received: { texts: ['mail.changed.transfer_received.text'] },
  transferred_away: { texts: ['mail.changed.transferred_away.text'] },
  transferred_to_you: { texts: ['mail.changed.transferred_to_you.text'] },
  suspended: { texts: ['mail.changed.suspended.text'] },
  review_question: { texts: ['mail.changed.review_question.text'] },
  resumed: { texts: ['mail.changed.resumed.text'] },
};

/** Reports a change of the reader's own application. */
export function writeApplicationChanged(
  pen: MailContext,
  data: MailData['application_changed'],
): MailContent {
  const { t, locale, issuer } = pen;
  const { texts, details } = CHANGES[data.change];
  const application = quoted(data.application.name, locale);
  const lines = data.details?.map((line) => unlinked(oneLine(line, DETAIL_LIMIT))) ?? [];
  const open =
    data.path === '/account/applications' ? 'mail.changed.open_list' : 'mail.changed.open';
  return {
    subject: t(`mail.changed.${data.change}.subject`, { application }),
    heading: t(`mail.changed.${data.change}.heading`, { application }),
    sections: [
      {
        sentences: texts.map((key) => t(key)),
        button: { label: t(open), url: issuer + data.path, harmful: false },
      },
    ],
    facts: [
      ...applicationFacts(pen, data.application),
      timeFact(pen, data),
      ...originFacts(pen, data.origin),
      ...(data.reason
        ? [{ label: t('mail.label.reason'), value: oneLine(data.reason, REASON_LIMIT) }]
        : []),
      ...(details === undefined || lines.length === 0 ? [] : [{ label: t(details), value: lines }]),
    ],
    links: [],
  };
}

/** Tells an owner that the application has stopped working, and why. */
export function writeApplicationFailing(
  pen: MailContext,
  data: MailData['application_failing'],
): MailContent {
  const { t, locale, issuer } = pen;
  const application = quoted(data.application.name, locale);
  return {
    subject: t('mail.failing.subject', { application }),
    heading: t('mail.failing.subject', { application }),
    sections: [
      {
        sentences: [t('mail.failing.text', { count: data.failures })],
        button: { label: t('mail.failing.open'), url: issuer + data.path, harmful: false },
      },
      { sentences: [t('mail.failing.mute')] },
    ],
    facts: [
      { label: t('mail.label.error'), value: unlinked(oneLine(data.error)) },
      { label: t('mail.label.reason'), value: unlinked(oneLine(data.explanation, REASON_LIMIT)) },
      ...applicationFacts(pen, data.application),
      timeFact(pen, data),
    ],
    links: [],
  };
}

/** Tells operators that applications wait for a review. */
export function writeReviewWaiting(
  pen: MailContext,
  data: MailData['review_waiting'],
): MailContent {
  const { t, issuer } = pen;
  const { count } = data;
  return {
    subject: t('mail.review_waiting.subject', { count }),
    heading: t('mail.review_waiting.subject', { count }),
    sections: [
      {
        sentences: [t('mail.review_waiting.text')],
        button: { label: t('mail.review_waiting.open'), url: `${issuer}/operator`, harmful: false },
      },
    ],
    facts: [timeFact(pen, data)],
    links: [],
  };
}
