import type { MailData } from './mail.ts';
import { localTime, quoted } from './mail-text.ts';
import {
  accessFacts,
  accountLinks,
  apiFacts,
  applicationFacts,
  type MailContent,
  type MailContext,
  originFacts,
  revokeButton,
  timeFact,
} from './mail-view.ts';
import type { MailSection } from './render-mail.ts';
import type { MailText } from './texts.ts';

/** A new authorization, and the way to end it. */
export function writeAuthorized(pen: MailContext, data: MailData['authorized']): MailContent {
  const { t } = pen;
  return {
    ...titles(pen, 'authorized', data),
    sections: [
      {
        sentences: [
          ...(data.replaced > 0 ? [t('mail.authorized.replaced', { count: data.replaced })] : []),
          t('mail.authorized.expected'),
          t('mail.authorized.unexpected'),
        ],
        button: revokeButton(pen, data.grantId),
      },
    ],
    facts: [
      ...applicationFacts(pen, data.application),
      timeFact(pen, data),
      ...originFacts(pen, data.origin),
      ...accessFacts(pen, data, 'mail.label.scopes'),
      ...apiFacts(pen, data.apis),
      ...(data.endsAt === undefined
        ? []
        : [timeFact(pen, { ...data, at: data.endsAt }, 'mail.label.ends')]),
    ],
    links: accountLinks(pen, 'authorizations'),
  };
}

/** Reports an authorization that ended with its application, or because its tokens may have been stolen. */
export function writeEnded(
  pen: MailContext,
  story: 'reuse' | 'leaked' | 'deleted',
  data: MailData['reuse_detected' | 'leaked' | 'application_deleted'],
): MailContent {
  return {
    ...titles(pen, story, data),
    sections: explain(pen, story),
    facts: [...applicationFacts(pen, data.application), timeFact(pen, data)],
    links: accountLinks(pen, 'authorizations'),
  };
}

/** An authorization that an operator ended, and what it was. */
export function writeRevokedByOperator(
  pen: MailContext,
  data: MailData['revoked_by_operator'],
): MailContent {
  return {
    ...titles(pen, 'operator', data),
    sections: explain(pen, 'operator'),
    facts: [
      ...applicationFacts(pen, data.application),
      timeFact(pen, data),
      timeFact(pen, { ...data, at: data.grantedAt }, 'mail.label.granted'),
      ...accessFacts(pen, data, 'mail.label.scopes_ended'),
    ],
    links: accountLinks(pen, 'authorizations'),
  };
}

/** An authorization that ends unless it is used: the ways to keep it and to end it. */
export function writeAccessEnding(pen: MailContext, data: MailData['access_ending']): MailContent {
  const { t, locale } = pen;
  const time = localTime(data.endsAt, data.timezone, locale);
  return {
    ...titles(pen, 'ending', data),
    sections: [
      { sentences: [t('mail.ending.happened', { time })] },
      { title: t('mail.ending.keep.title'), sentences: [t('mail.ending.keep')] },
      {
        title: t('mail.ending.revoke.title'),
        sentences: [t('mail.ending.revoke')],
        button: revokeButton(pen, data.grantId),
      },
    ],
    facts: [
      ...applicationFacts(pen, data.application),
      timeFact(pen, { ...data, at: data.endsAt }, 'mail.label.ends'),
      ...accessFacts(pen, data, 'mail.label.scopes'),
    ],
    links: accountLinks(pen, 'authorizations'),
  };
}

type AccessStory = 'authorized' | 'reuse' | 'leaked' | 'operator' | 'deleted' | 'ending';

function titles(
  { t, locale }: MailContext,
  story: AccessStory,
  data: { readonly application: { readonly name: string } },
): Pick<MailContent, 'subject' | 'heading'> {
  const application = quoted(data.application.name, locale);
  return {
    subject: t(`mail.${story}.subject`, { application }),
    heading: t(`mail.${story}.heading`, { application }),
  };
}

/** Returns the sections: what happened, what was done, what the reader can do. */
function explain(
  { t, host }: MailContext,
  story: 'reuse' | 'leaked' | 'operator' | 'deleted',
): MailSection[] {
  const section = (title: MailText, sentence: MailText) => ({
    title: t(title),
    sentences: [t(sentence, { host })],
  });
  return [
    section('mail.access.happened', `mail.${story}.happened`),
    section('mail.access.done', `mail.${story}.done`),
    section('mail.access.todo', `mail.${story}.todo`),
  ];
}
