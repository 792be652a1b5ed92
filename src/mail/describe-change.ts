import type { ApplicationChange } from './mail.ts';
import type { MailMessageKey } from './mail-messages.ts';

/** The words about a change of an application. */
export interface ChangeWords {
  readonly subject: MailMessageKey;
  readonly heading: MailMessageKey;
  readonly texts: readonly MailMessageKey[];
  /** Of what exactly was changed. */
  readonly detailsLabel: MailMessageKey | undefined;
}

/** What may have been done by somebody who got into the owner's account. */
const BY_THE_OWNER = ['changed.expected', 'changed.unexpected'] as const;

/** The texts that tell a change. */
export function describeChange(change: ApplicationChange): ChangeWords {
  return {
    subject: `changed.${change}.subject`,
    heading: `changed.${change}.heading`,
    ...MORE[change],
  };
}

const MORE: Readonly<
  Record<ApplicationChange, Pick<ChangeWords, 'texts'> & Pick<ChangeWords, 'detailsLabel'>>
> = {
  secret_added: { texts: BY_THE_OWNER, detailsLabel: 'label.secret' },
  secret_deleted: {
    texts: ['changed.secret_deleted.text', ...BY_THE_OWNER],
    detailsLabel: 'label.secret',
  },
  redirect_uris_changed: {
    texts: ['changed.redirect_uris_changed.text', ...BY_THE_OWNER],
    detailsLabel: 'label.redirect_uris',
  },
  transfer_offered: {
    texts: ['changed.transfer_offered.text', ...BY_THE_OWNER],
    detailsLabel: 'label.offered_to',
  },
  transfer_received: { texts: ['changed.transfer_received.text'], detailsLabel: undefined },
  transferred_away: { texts: ['changed.transferred_away.text'], detailsLabel: undefined },
  transferred_to_you: { texts: ['changed.transferred_to_you.text'], detailsLabel: undefined },
  suspended: { texts: ['changed.suspended.text'], detailsLabel: undefined },
  resumed: { texts: ['changed.resumed.text'], detailsLabel: undefined },
};
