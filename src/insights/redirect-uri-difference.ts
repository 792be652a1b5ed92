import type { Application } from '../applications/application.ts';
import { isLoopbackHost } from '../lib/loopback.ts';

/** Distance of a redirect URI from another one, by kind of difference. */
const WEIGHTS = {
  host: 16,
  scheme: 8,
  path: 8,
  user: 4,
  port: 4,
  query: 3,
  fragment: 2,
  trailing_slash: 1,
  letter_case: 1,
  encoding: 1,
} as const;

/** A component in which two redirect URIs can differ. */
export type Difference = keyof typeof WEIGHTS;

/** The registered redirect URI that is most like the one that was sent, and what differs. */
export interface NearestRedirectUri {
  readonly nearest: string;
  readonly differences: readonly Difference[];
}

/** Tests if `value` is the name of a difference. */
export function isDifference(value: string): value is Difference {
  return Object.hasOwn(WEIGHTS, value);
}

const PORT = /^(http:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^:/?#[]*)):[0-9]*/i;

/** The redirect URIs that a request is compared with. */
type Registered = Pick<Application, 'redirectUris'>;

/**
 * Tests if a redirect URI is registered: the same string, except for the port of http on loopback.
 * A program listens on a port that is free, also one that was given a secret.
 * @see RFC 9700 §2.1, RFC 8252 §7.3
 */
export function isRegistered({ redirectUris }: Registered, sent: string): boolean {
  const loopback = withoutLoopbackPort(sent);
  return redirectUris.some(
    (registered) =>
      sent === registered ||
      (loopback !== undefined && loopback === withoutLoopbackPort(registered)),
  );
}

function withoutLoopbackPort(uri: string): string | undefined {
  const url = URL.parse(uri);
  return url?.protocol === 'http:' && isLoopbackHost(url.hostname)
    ? uri.replace(PORT, '$1')
    : undefined;
}

/** The registered redirect URI nearest to `sent`; undefined where there is none at all. */
export function nearestRedirectUri(
  { redirectUris }: Registered,
  sent: string,
): NearestRedirectUri | undefined {
  const [first] = redirectUris
    .map((nearest) => ({ nearest, differences: differences(sent, nearest) }))
    .toSorted((a, b) => distance(a.differences) - distance(b.differences));
  return first;
}

function distance(found: readonly Difference[]): number {
  return found.reduce<number>((sum, difference) => sum + WEIGHTS[difference], 0);
}

function differences(sent: string, registered: string): Difference[] {
  const [a, b] = [parts(sent), parts(registered)];
  const portCounts = !(b.scheme === 'http' && isLoopbackHost(b.host));
  const found: (Difference | undefined)[] = [
    compared(a.scheme + a.slashes, b.scheme + b.slashes, 'scheme'),
    a.user === b.user ? undefined : 'user',
    compared(a.host, b.host, 'host'),
    a.port === b.port || (!portCounts && isPort(a.port)) ? undefined : 'port',
    comparedPaths(a.path, b.path),
    compared(a.query, b.query, 'query'),
    a.fragment === b.fragment ? undefined : 'fragment',
  ];
  return [...new Set(found.filter((one) => one !== undefined))];
}

function isPort(port: string): boolean {
  return port === '' || (/^:[0-9]{0,5}$/.test(port) && Number(port.slice(1)) <= 65_535);
}

function comparedPaths(sent: string, registered: string): Difference | undefined {
  const slash = (path: string) => path.replace(/\/$/, '');
  return sent !== registered && slash(sent) === slash(registered)
    ? 'trailing_slash'
    : compared(sent, registered, 'path');
}

function compared(sent: string, registered: string, name: Difference): Difference | undefined {
  if (sent === registered) {
    return undefined;
  }
  if (decoded(sent) === decoded(registered)) {
    return 'encoding';
  }
  return sent.toLowerCase() === registered.toLowerCase() ? 'letter_case' : name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    return text;
  }
}

interface Parts {
  readonly scheme: string;
  /** `//` where a host follows. */
  readonly slashes: string;
  readonly user: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

/** The components as they are written: a parser of URLs would hide what differs. @see RFC 3986 §B */
function parts(uri: string): Parts {
  const [, scheme = '', slashes = '', authority = '', path = '', query = '', fragment = ''] =
    /^(?:([^:/?#]*):)?(?:(\/\/)([^/?#]*))?([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(uri) ?? [];
  const [, user = '', host = '', port = ''] =
    /^(.*@)?(\[[^\]]*\]|[^:]*)(:.*)?$/s.exec(authority) ?? [];
  return { scheme, slashes, user, host, port, path, query, fragment };
}

/**
 * A redirect URI as a log may keep it: the names of its query parameters without their values, and
 * no user name, password or fragment, where people put secrets.
 */
export function withoutValues(uri: string): string {
  const { scheme, slashes, user, host, port, path, query, fragment } = parts(uri);
  const names = query
    .slice(1)
    .split('&')
    .map((pair) => (pair.includes('=') ? `${pair.slice(0, pair.indexOf('='))}=…` : pair))
    .join('&');
  const authority = `${slashes}${user === '' ? '' : '…@'}${host}${port}`;
  return [
    scheme === '' ? '' : `${scheme}:`,
    authority,
    path,
    query === '' ? '' : `?${names}`,
    fragment === '' ? '' : '#…',
  ].join('');
}
