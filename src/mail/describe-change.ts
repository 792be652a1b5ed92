import type { ApplicationChange } from './mail.ts';
import type { MailText } from './texts.ts';

/** The words about a change of an application. */
export interface ChangeWords {
  readonly subject: MailText;
  readonly heading: MailText;
  readonly texts: readonly MailText[];
  /** Of what exactly was changed. */
  readonly detailsLabel: MailText | undefined;
}

/** Advice for changes that an intruder in the owner's account could have made. */
const BY_THE_OWNER = ['mail.changed.expected', 'mail.changed.unexpected'] as const;

/** Returns the texts that describe a change. */
export function describeChange(change: ApplicationChange): ChangeWords {
  return {
    subject: `mail.changed.${change}.subject`,
    heading: `mail.changed.${change}.heading`,
    ...MORE[change],
  };
}

const MORE: Readonly<
  Record<ApplicationChange, Pick<ChangeWords, 'texts'> & Pick<ChangeWords, 'detailsLabel'>>
> = {
  secret_added: { texts: BY_THE_OWNER, detailsLabel: 'mail.label.secret' },
  secret_deleted: {
    texts: ['mail.changed.secret_deleted.text', ...BY_THE_OWNER],
    detailsLabel: 'mail.label.secret',
  },
  secret_leaked: {
    texts: ['mail.changed.secret_leaked.text', 'mail.changed.secret_leaked.todo'],
    detailsLabel: 'mail.label.secret',
  },
  key_added: { texts: BY_THE_OWNER, detailsLabel: 'mail.label.key' },
  key_deleted: {
    texts: ['mail.changed.key_deleted.text', ...BY_THE_OWNER],
    detailsLabel: 'mail.label.key',
  },
  redirect_uris_changed: {
    texts: ['mail.changed.redirect_uris_changed.text', ...BY_THE_OWNER],
    detailsLabel: 'mail.label.redirect_uris',
  },
  transfer_offered: {
    texts: ['mail.changed.transfer_offered.text', ...BY_THE_OWNER],
    detailsLabel: 'mail.label.offered_to',
  },
  transfer_received: { texts: ['mail.changed.transfer_received.text'], detailsLabel: undefined },
  transferred_away: { texts: ['mail.changed.transferred_away.text'], detailsLabel: undefined },
  transferred_to_you: { texts: ['mail.changed.transferred_to_you.text'], detailsLabel: undefined },
  suspended: { texts: ['mail.changed.suspended.text'], detailsLabel: undefined },
  review_question: { texts: ['mail.changed.review_question.text'], detailsLabel: undefined },
  resumed: { texts: ['mail.changed.resumed.text'], detailsLabel: undefined },
};
