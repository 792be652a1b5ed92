interface Cookie {
  readonly name: string;
  readonly path: string;
  readonly value: string;
}

/** The cookies of one browser for one host, with `Path` and expiry honoured. */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  /** Takes the `Set-Cookie` headers of an answer of `url`. */
  store(url: URL, headers: Headers): void {
    for (const header of headers.getSetCookie()) {
      const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
      const [name, value] = splitAt(pair);
      const given = new Map(
        attributes.map((attribute) => {
          const [key, text] = splitAt(attribute);
          return [key.toLowerCase(), text];
        }),
      );
      const path = given.get('path') ?? url.pathname.replace(/\/[^/]*$/, '');
      const key = `${name};${path}`;
      if (isExpired(given)) {
        this.#cookies.delete(key);
      } else {
        this.#cookies.set(key, { name, path: path === '' ? '/' : path, value });
      }
    }
  }

  /** The `Cookie` header for a request to `url`, longest path first; empty when there is none. */
  header(url: URL): string {
    return [...this.#cookies.values()]
      .filter((cookie) => isBelow(url.pathname, cookie.path))
      .sort((a, b) => b.path.length - a.path.length)
      .map((cookie) => `${cookie.name}=${cookie.value}`)
      .join('; ');
  }

  /** The values of all cookies of this name. */
  values(name: string): string[] {
    return [...this.#cookies.values()].filter((one) => one.name === name).map((one) => one.value);
  }

  /** Another jar with the same cookies, as a copied browser profile has. */
  copy(): CookieJar {
    const jar = new CookieJar();
    for (const [key, cookie] of this.#cookies) {
      jar.#cookies.set(key, cookie);
    }
    return jar;
  }

  /** Forgets all cookies. */
  clear(): void {
    this.#cookies.clear();
  }
}

function isExpired(attributes: Map<string, string>): boolean {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined) {
    return Number(maxAge) <= 0;
  }
  const expires = attributes.get('expires');
  return expires !== undefined && Date.parse(expires) <= Date.now();
}

/** RFC 6265 section 5.1.4. */
function isBelow(pathname: string, path: string): boolean {
  return (
    pathname === path ||
    (pathname.startsWith(path) && (path.endsWith('/') || pathname[path.length] === '/'))
  );
}

function splitAt(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
