import { type Html, html, trusted } from './html.ts';
import type { Connection, Notice, Session } from './session.ts';
import type { Step } from './step.ts';
import { STYLE } from './style.ts';

const NAME = 'Curtain Call';

/** Data of a page beside the session. */
export interface PageContext {
  readonly issuer: string;
  /** Name by slug. */
  readonly organizers: ReadonlyMap<string, string>;
}

/** Before anything is connected, or when connecting has failed. */
export function startPage(context: PageContext, notice?: Notice): Html {
  const body = html`
    ${notice && noticeBox(notice)}
    <h1>${notice ? 'Try again?' : 'Connect your organizers'}</h1>
    <p class="lead">${NAME} is a demo app. It shows each request and response: the tokens, what they give access
      to, and what happens when they are revoked.</p>
    <p><a class="button" href="/connect">Connect</a></p>
    <ul class="plain">
      <li>Sign in at <a href="${context.issuer}">${new URL(context.issuer).host}</a> with one of the
        accounts listed there. ${NAME} never sees the password.</li>
      <li>Choose organizers. Leave one out to see a request rejected.</li>
    </ul>`;
  return page(notice?.title ?? 'Connect', body);
}

/** After connecting: every request with its answer, and what can be done next. */
export function connectedPage(
  context: PageContext,
  session: Session,
  connection: Connection,
  notice?: Notice,
): Html {
  const names = connection.organizers.map((slug) => context.organizers.get(slug) ?? slug);
  const title = connection.ended ? 'Disconnected' : 'Connected';
  const body = html`
    ${notice && noticeBox(notice)}
    <h1>${title}</h1>
    <dl>
      <dt>Organizers</dt><dd>${names.join(', ') || 'none'}</dd>
      <dt>Scope</dt><dd>${connection.scope}</dd>
    </dl>
    <ol>${session.steps.map(stepCard)}</ol>
    <nav class="bar" aria-label="Next">
      ${action('/call', 'Call again')}
      ${action('/order', 'Place an order')}
      ${connection.refreshToken === undefined ? undefined : action('/refresh', 'Refresh')}
      ${connection.ended ? undefined : action('/revoke', 'Revoke')}
      <a class="button${connection.ended ? '' : ' quiet'}" href="/connect">Connect again</a>
    </nav>`;
  return page(title, body);
}

/** A plain page for what should not happen. */
export function messagePage(title: string, text: string): Html {
  return page(
    title,
    html`<h1>${title}</h1><p class="lead">${text}</p><p><a class="button" href="/">To the start</a></p>`,
  );
}

function stepCard(step: Step): Html {
  const good = step.status !== undefined && step.status < 400;
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
    </li>`;
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

function page(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
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
<footer>Demo app. Tokens are truncated.</footer>
</body>
</html>`;
}
