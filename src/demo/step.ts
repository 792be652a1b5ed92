import { STATUS_CODES } from 'node:http';

/** One request that the demo application made, and what came back. Holds no whole token. */
export interface Step {
  /** Counted from 1 for each session, never used twice. */
  readonly number: number;
  readonly title: string;
  readonly request: string;
  /** Undefined where there was no answer. */
  readonly status: number | undefined;
  readonly reason: string;
  /** The `WWW-Authenticate` header. */
  readonly challenge: string | undefined;
  /** The `X-Token-Check` header of the API. */
  readonly check: string | undefined;
  readonly body: string;
  readonly comment: string;
  /** The user's browser sent it. */
  readonly inBrowser?: boolean;
  /** The introspection of the token by which the API decided. */
  readonly behind?: Behind | undefined;
}

/** An introspection and its answer. */
export interface Behind {
  readonly request: string;
  readonly body: string;
}

/** Texts about a request. */
export interface StepText {
  readonly title: string;
  /** In plain words what the answer means. */
  explain(status: number | undefined): string;
  readonly noResponse: string;
}

/** Milliseconds. */
const TIMEOUT = 10_000;
/** Characters. */
const LINE = 90;

/** Sends a request and hands over what is shown of it; throws as `fetch` does. */
export async function sendStep(
  show: (step: Omit<Step, 'number'>) => void,
  text: StepText,
  url: string,
  init: RequestInit = {},
  lookBehind?: () => Promise<Behind | undefined>,
): Promise<Response> {
  const shown = { title: text.title, request: describeRequest(url, init) };
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT) });
    const body = await response.text();
    show({
      ...shown,
      status: response.status,
      reason: STATUS_CODES[response.status] ?? '',
      challenge: response.headers.get('www-authenticate') ?? undefined,
      check: response.headers.get('x-token-check') ?? undefined,
      body: shorten(pretty(body)),
      comment: text.explain(response.status),
      behind: await lookBehind?.(),
    });
    const { status, headers } = response;
    return new Response(body === '' ? null : body, { status, headers });
  } catch (error) {
    const status = undefined;
    const reason = text.noResponse;
    show({
      ...shown,
      status,
      reason,
      challenge: undefined,
      check: undefined,
      body: '',
      comment: text.explain(status),
    });
    throw error;
  }
}

/** Leaves eight characters of each token, secret and code in a text. */
export function shorten(text: string): string {
  return text.replace(/\b(sd[aorst]_[0-9A-Za-z]{4})[0-9A-Za-z]{8,}/g, '$1…');
}

function describeRequest(url: string, init: RequestInit): string {
  const { host, pathname } = new URL(url);
  const authorization = new Headers(init.headers).get('authorization');
  const headers =
    authorization === null ? [] : [`Authorization: ${shorten(hideSecret(authorization))}`];
  const fields =
    init.body instanceof URLSearchParams
      ? [...init.body].map(([name, value]) => `${name}=${secretive(name, value)}`)
      : [];
  return [`${init.method ?? 'GET'} ${host}${pathname}`, ...headers, ...fields].join('\n');
}

/** Writes the parameters of a URL on lines of their own. */
export function describeUrl(method: string, url: URL): string {
  const fields = [...url.searchParams].map(([name, value]) => `${name}=${secretive(name, value)}`);
  return [`${method} ${url.host}${url.pathname}`, ...fields].join('\n');
}

/** Client ID and secret of the Basic scheme are only encoded. */
function hideSecret(authorization: string): string {
  return authorization.replace(/^Basic .*/i, 'Basic CLIENT_ID:CLIENT_SECRET');
}

function secretive(name: string, value: string): string {
  return ['code', 'code_verifier', 'client_secret'].includes(name)
    ? `${value.slice(0, 8)}…`
    : shorten(value);
}

/** Formats JSON; other text stays as it is. */
export function pretty(body: string): string {
  try {
    // Small objects and lists stay on one line.
    return JSON.stringify(JSON.parse(body), undefined, 2).replace(
      /([{[])\n\s+([^{}[\]]*)\n\s*([}\]])/g,
      (whole, open: string, inner: string, close: string) => {
        const line = inner.replace(/\n\s+/g, ' ');
        return line.length > LINE ? whole : `${open} ${line} ${close}`;
      },
    );
  } catch {
    return body.slice(0, 2000);
  }
}
