import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { MailLocale, MailTranslate } from './mail-messages.ts';

const VIEWS = fileURLToPath(new URL('../../views/mail', import.meta.url));
const HEADER = 'const { t } = it;';
const html = new Eta({ views: VIEWS, cache: true, autoEscape: true, functionHeader: HEADER });
// Plain text is not escaped, and only what asks for it (`-%>`) takes the line break away.
const text = new Eta({
  views: VIEWS,
  cache: true,
  autoEscape: false,
  autoTrim: false,
  functionHeader: HEADER,
});

/** What all mails show: sentences and names that are ready to be read. */
export interface MailView {
  readonly t: MailTranslate;
  readonly locale: MailLocale;
  readonly subject: string;
  /** Of this server, for the footer. */
  readonly host: string;
  /** Where the reader sees all authorized applications. */
  readonly listUrl: string;
  /** `name` and `owner` are in quotation marks. `homepage` is shown, never linked. */
  readonly application: {
    readonly name: string;
    readonly owner: string | undefined;
    readonly homepage: string | undefined;
  };
  readonly time: string;
}

/** What the mail on a new authorization shows besides. */
export interface AuthorizedView extends MailView {
  /** Where the reader revokes this one. */
  readonly revokeUrl: string;
  readonly scopes: readonly string[];
  /** Some names; `moreOrganizers` says how many are left out. */
  readonly organizers: readonly string[];
  readonly moreOrganizers: number;
  readonly origin: string;
}

/** What the mail on a change of the reader's own application shows besides. */
export interface ApplicationChangedView extends MailView {
  readonly heading: string;
  /** Sentences. */
  readonly explanations: readonly string[];
  /** What exactly, under its own label. */
  readonly details: { readonly label: string; readonly lines: readonly string[] } | undefined;
  readonly reason: string | undefined;
  readonly origin: string | undefined;
  /** Where the reader goes on, and what the link says. */
  readonly url: string;
  readonly open: string;
}

/** Keys are file names in `views/mail/`. */
export interface MailViews {
  authorized: AuthorizedView;
  reuse_detected: MailView;
  application_changed: ApplicationChangedView;
}

/** Both parts of a mail. */
export function renderMail<Name extends keyof MailViews>(
  name: Name,
  view: MailViews[Name],
): { text: string; html: string } {
  return {
    text: text.render(`${name}.text.eta`, view),
    html: html.render(`${name}.html.eta`, view),
  };
}
