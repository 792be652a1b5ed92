import type en from '../../views/mail/en.json';

/** Keys of the texts in `views/mail/`. */
export type MailText = keyof typeof en;
