import { type Html, html, trusted } from './html.ts';
import type { DemoMail } from './mails.ts';
import type { Connection, Notice, Session } from './session.ts';
import type { Step } from './step.ts';
import { STYLE } from './style.ts';
import { type Language, TEXTS, type Texts } from './texts.ts';

const NAME = 'Curtain Call';

/** Data of a page beside the session. */
export interface PageContext {
  readonly issuer: string;
  readonly clientId: string;
  /** Names by slug. */
  readonly organizers: ReadonlyMap<string, Readonly<Record<Language, string>>>;
  /** The mails of the demo are in a folder, and not delivered. */
  readonly hasMails: boolean;
}

/** Before anything is connected, or when connecting has failed. */
export function startPage(context: PageContext, language: Language, notice?: Notice): Html {
  const { start, connect } = TEXTS[language];
  const body = html`
    ${notice && noticeBox(notice)}
    <h1>${notice ? start.again : start.heading}</h1>
    <p class="lead">${start.lead}</p>
    <p><a class="button" href="/connect">${connect}</a></p>
    <ul class="plain">
      <li>${start.signIn(new URL(context.issuer).host)}</li>
      <li>${start.choose}</li>
    </ul>`;
  return page(language, notice?.title ?? start.title, body);
}

/** After connecting: every request with its answer, and what can be done next. */
export function connectedPage(
  context: PageContext,
  session: Session,
  connection: Connection,
  notice?: Notice,
): Html {
  const { language, texts } = session;
  const names = connection.organizers.map(
    (slug) => context.organizers.get(slug)?.[language] ?? slug,
  );
  const title = connection.ended ? texts.disconnected : texts.connected;
  const body = html`
    ${notice && noticeBox(notice)}
    <h1>${title}</h1>
    <dl>
      <dt>${texts.organizers}</dt><dd>${names.join(', ') || texts.none}</dd>
      <dt>${texts.scope}</dt><dd>${connection.scope}</dd>
    </dl>
    <ol>${session.steps.map((step) => stepCard(texts, step))}</ol>
    ${otherSides(context, texts)}
    <nav class="bar" aria-label="${texts.next}">
      ${action('/call', texts.call)}
      ${action('/order', texts.order)}
      ${connection.refreshToken === undefined ? undefined : action('/refresh', texts.refresh)}
      ${connection.ended ? undefined : action('/revoke', texts.revoke)}
      <a class="button${connection.ended ? '' : ' quiet'}" href="/connect">${texts.connectAgain}</a>
    </nav>`;
  return page(language, title, body);
}

/** The newest mails. */
export function mailsPage(language: Language, mails: readonly DemoMail[]): Html {
  const { mails: texts, toStart } = TEXTS[language];
  const body = html`
    <h1>${texts.title}</h1>
    <p class="lead">${mails.length === 0 ? texts.empty : texts.lead}</p>
    <ol>${mails.map(
      (mail) => html`
        <li class="step">
          <h2>${mail.subject}</h2>
          <p>${texts.to} ${mail.to} · ${mail.date}</p>
          <pre>${mail.text}</pre>
        </li>`,
    )}</ol>
    <p><a class="button quiet" href="/">${toStart}</a></p>`;
  return page(language, texts.title, body);
}

/** A plain page for what should not happen. */
export function messagePage(language: Language, [title = '', text = '']: readonly string[]): Html {
  return page(
    language,
    title,
    html`<h1>${title}</h1><p class="lead">${text}</p><p><a class="button" href="/">${TEXTS[language].toStart}</a></p>`,
  );
}

function otherSides({ issuer, clientId, hasMails }: PageContext, { sides }: Texts): Html {
  const links = [
    [`${issuer}/account/authorizations`, sides.user, sides.userText],
    ...(hasMails ? [['/mails', sides.mail, sides.mailText]] : []),
    ['/mistake', sides.mistake, sides.mistakeText],
    [`${issuer}/account/applications/${clientId}/errors`, sides.errors, sides.errorsText],
    [`${issuer}/operator`, sides.operator, sides.operatorText],
  ];
  return html`
    <section class="sides">
      <h2>${sides.heading}</h2>
      <ul>${links.map(
        ([href = '', title = '', text = '']) =>
          html`<li><a href="${href}">${title}</a><br>${text}</li>`,
      )}</ul>
    </section>`;
}

function stepCard(texts: Texts, step: Step): Html {
  const good = step.inBrowser || (step.status !== undefined && step.status < 400);
  const badge = `${step.status ?? ''} ${step.reason}`.trim();
  const challenge = step.challenge === undefined ? [] : [`WWW-Authenticate: ${step.challenge}`];
  const check = step.check === undefined ? [] : [`X-Token-Check: ${step.check}`];
  const answer = [...challenge, ...check, ...(step.body === '' ? [] : [step.body])].join('\n\n');
  return html`
    <li class="step" id="step-${step.number}">
      <div class="top">
        <h2>${step.title}</h2>
        <span class="badge${good ? '' : ' bad'}">${badge}</span>
      </div>
      <p>${step.comment}</p>
      <pre class="request">${step.request}</pre>
      ${answer === '' ? undefined : html`<pre>${answer}</pre>`}
      ${behind(texts, step)}
    </li>`;
}

function behind({ asked, remembered }: Texts, { behind: found, check }: Step): Html | undefined {
  return (
    found &&
    html`<details>
      <summary>${check?.includes('from memory') ? remembered : asked}</summary>
      <pre class="request">${found.request}</pre>
      <pre>${found.body}</pre>
    </details>`
  );
}

function action(path: string, label: string): Html {
  return html`<form method="post" action="${path}"><button class="quiet">${label}</button></form>`;
}

function noticeBox(notice: Notice): Html {
  return html`
    <div class="notice" role="alert">
      <strong>${notice.title}</strong>
      <p>${notice.text}</p>
      ${notice.detail === undefined ? undefined : html`<p><code>${notice.detail}</code></p>`}
    </div>`;
}

function page(language: Language, title: string, body: Html): Html {
  const { footer, language: other } = TEXTS[language];
  const to = language === 'de' ? 'en' : 'de';
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${NAME}</title>
<link rel="icon" href="data:,">
<style>${trusted(STYLE)}</style>
</head>
<body>
<header><a href="/">${NAME}</a></header>
<main>${body}</main>
<footer>${footer} <a href="/language?to=${to}" lang="${to}" hreflang="${to}">${other}</a></footer>
</body>
</html>`;
}
