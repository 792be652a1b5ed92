import { describeChange } from './describe-change.ts';
import type { MailData } from './mail.ts';
import { oneLine, quoted, unlinked } from './mail-text.ts';
import {
  applicationFacts,
  type MailContent,
  type MailContext,
  originFact,
  timeFact,
} from './mail-view.ts';

/** Longest address or label, in characters. */
const DETAIL_LIMIT = 200;
const REASON_LIMIT = 2000;

/** Reports a change of the reader's own application. */
export function writeApplicationChanged(
  pen: MailContext,
  data: MailData['application_changed'],
): MailContent {
  const { t, locale, issuer } = pen;
  const { subject, heading, texts, detailsLabel } = describeChange(data.change);
  const application = quoted(data.application.name, locale);
  const lines = data.details?.map((line) => unlinked(oneLine(line, DETAIL_LIMIT))) ?? [];
  const open =
    data.path === '/account/applications' ? 'mail.changed.open_list' : 'mail.changed.open';
  return {
    subject: t(subject, { application }),
    heading: t(heading, { application }),
    sections: [
      {
        sentences: texts.map((key) => t(key)),
        button: { label: t(open), url: issuer + data.path, harmful: false },
      },
    ],
    facts: [
      ...applicationFacts(pen, data.application),
      timeFact(pen, data),
      ...(data.origin === undefined ? [] : [originFact(pen, data.origin)]),
      ...(data.reason
        ? [{ label: t('mail.label.reason'), value: oneLine(data.reason, REASON_LIMIT) }]
        : []),
      ...(detailsLabel === undefined || lines.length === 0
        ? []
        : [{ label: t(detailsLabel), value: lines }]),
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
