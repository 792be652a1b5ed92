import { CookieJar } from './cookie-jar.ts';
import { type Form, readForms } from './html-forms.ts';
import type { Issuer } from './platform.ts';
import { type SendAnswer, type SendOptions, send } from './send.ts';

/** A response, after redirects within the server. */
export interface Page {
  readonly status: number;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  readonly forms: readonly Form[];
  /** URL of a redirect to another site, which was not followed. */
  readonly leavesTo: URL | undefined;
  /** Every requested URL, including this one. */
  readonly visited: readonly URL[];
}

/** Values for a form; a list is a repeated field. */
export type FormValues = Readonly<Record<string, string | readonly string[]>>;

const REDIRECTS = 20;

/** A browser without a screen: stores cookies, follows redirects, fills in forms. */
export class UserAgent {
  readonly cookies: CookieJar;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    server: Issuer,
    headers: Readonly<Record<string, string>> = {},
    cookies = new CookieJar(),
  ) {
    this.origin = new URL(server.issuer).origin;
    this.headers = headers;
    this.cookies = cookies;
  }

  /** Opens a URL or a path of the server. */
  get(url: string | URL): Promise<Page> {
    return this.request(url);
  }

  /** Sends one request and follows redirects within the server. */
  async request(url: string | URL, init: SendOptions = {}): Promise<Page> {
    const visited: URL[] = [];
    let next = new URL(url, this.origin);
    let current = init;
    for (let redirects = 0; redirects <= REDIRECTS; redirects += 1) {
      visited.push(next);
      const response = await this.send(next, current);
      const location = response.headers.get('location');
      const target = location === null ? undefined : new URL(location, next);
      if (target?.origin !== this.origin || response.status < 300 || response.status > 399) {
        return present(response, next, visited, target);
      }
      if (response.status !== 307 && response.status !== 308) {
        current = {};
      }
      next = target;
    }
    throw new Error(`More than ${REDIRECTS} redirects: ${visited.join(' → ')}`);
  }

  /**
   * Fills in a form of the page and sends it as a browser does: hidden fields, values of the page,
   * and `values`, which replace fields of the same name. Uses the first form with the field
   * `marker`, by default with all names of `values`.
   */
  submit(page: Page, values: FormValues = {}, marker?: string): Promise<Page> {
    const form = findForm(page, marker === undefined ? Object.keys(values) : [marker]);
    const body = fill(form, values);
    const target = new URL(form.action ?? page.url, page.url);
    if (form.method === 'get') {
      target.search = body.toString();
      return this.get(target);
    }
    return this.request(target, { method: 'POST', body, headers: { origin: this.origin } });
  }

  private async send(url: URL, init: SendOptions): Promise<SendAnswer> {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries({ accept: 'text/html', ...this.headers })) {
      headers.set(name, headers.get(name) ?? value);
    }
    const cookie = this.cookies.header(url);
    if (cookie !== '') {
      headers.set('cookie', cookie);
    }
    const response = await send(url, { ...init, headers });
    this.cookies.store(url, response.headers);
    return response;
  }
}

/** Tests if the page has a form with all these fields, which identifies the page. */
export function showsForm(page: Page, ...names: string[]): boolean {
  return page.forms.some((form) => hasFields(form, names));
}

/** Returns the first form with all these fields. */
export function findForm(page: Page, names: readonly string[]): Form {
  const form = page.forms.find((one) => hasFields(one, names));
  if (form === undefined) {
    throw new Error(`There is no form with ${names.join(', ')} on ${describe(page)}`);
  }
  return form;
}

/**
 * Returns the values of a repeated field, for example the organizers that a consent page offers.
 */
export function offered(page: Page, name: string): string[] {
  return page.forms
    .flatMap((form) => form.fields)
    .filter((field) => field.name === name)
    .map((field) => field.value);
}

/** Returns the values of a repeated field whose boxes are selected. */
export function ticked(page: Page, name: string): string[] {
  return page.forms
    .flatMap((form) => form.fields)
    .filter((field) => field.name === name && field.checked)
    .map((field) => field.value);
}

/** Returns status, URL and text of the page, for messages of failed tests. */
export function describe(page: Page): string {
  const text = page.body
    .replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return `${page.status} ${page.url.pathname}: ${text.slice(0, 500)}`;
}

function present(
  { status, headers, text }: SendAnswer,
  url: URL,
  visited: readonly URL[],
  leavesTo: URL | undefined,
): Page {
  return {
    status,
    url,
    headers,
    body: text,
    forms: readForms(text),
    leavesTo,
    visited,
  };
}

function hasFields(form: Form, names: readonly string[]): boolean {
  return names.every((name) => form.fields.some((field) => field.name === name));
}

/** Returns the body that a browser would send for a form. */
export function fill(form: Form, values: FormValues): URLSearchParams {
  const body = new URLSearchParams();
  for (const { name, type, value, checked } of form.fields) {
    const pressed = ['submit', 'button', 'image', 'reset'].includes(type);
    const chosen = ['checkbox', 'radio'].includes(type) ? checked : !pressed;
    if (chosen && !(name in values)) {
      body.append(name, value);
    }
  }
  for (const [name, value] of Object.entries(values)) {
    for (const one of typeof value === 'string' ? [value] : value) {
      body.append(name, one);
    }
  }
  return body;
}
