import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { Palette } from '../http/theme.ts';
import type { Locale } from '../lib/locale.ts';

const VIEWS = fileURLToPath(new URL('../../views/mail', import.meta.url));
const html = new Eta({ views: VIEWS, cache: true, autoEscape: true });
// Plain text is not escaped, and only what asks for it (`-%>`) takes the line break away.
const text = new Eta({ views: VIEWS, cache: true, autoEscape: false, autoTrim: false });

/** Content of a mail, in finished sentences and names. */
export interface MailView {
  readonly locale: Locale;
  readonly subject: string;
  readonly heading: string;
  /** From the top to the bottom. */
  readonly sections: readonly MailSection[];
  /** Details of the event. */
  readonly facts: readonly MailFact[];
  /** Pages of this server that help further. */
  readonly links: readonly MailLink[];
  /** Stands above the mail, beside the logo. */
  readonly platformName: string;
  /** The mail has an attachment `cid:logo`. */
  readonly hasLogo: boolean;
  readonly palette: Palette;
  readonly footer: string;
  readonly footerLinks: readonly MailLink[];
}

/** One step of the explanation. */
export interface MailSection {
  readonly title?: string | undefined;
  readonly sentences: readonly string[];
  /** Action for the reader, on a page of this server. */
  readonly button?: (MailLink & { readonly harmful: boolean }) | undefined;
}

/** A line of the facts: a value, or several in a list; `more` says how many are left out. */
export interface MailFact {
  readonly label: string;
  readonly value: string | readonly string[];
  readonly more?: string | undefined;
}

/** A page of this server. */
export interface MailLink {
  readonly label: string;
  readonly url: string;
}

/** Both parts of a mail. */
export function renderMail(view: MailView): { text: string; html: string } {
  return { text: text.render('mail.text.eta', view), html: html.render('mail.html.eta', view) };
}
