interface Cookie {
  readonly name: string;
  readonly path: string;
  readonly value: string;
}

/** Cookies of one browser for one host, with `Path` and expiry. */
export class CookieJar {
  readonly #cookies = new Map<string, Cookie>();

  /** Stores the `Set-Cookie` headers of a response of `url`. */
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

  /**
   * Returns the `Cookie` header for a request to `url`, longest path first; empty if there is none.
   */
  header(url: URL): string {
    return [...this.#cookies.values()]
      .filter((cookie) => isBelow(url.pathname, cookie.path))
      .sort((a, b) => b.path.length - a.path.length)
      .map((cookie) => `${cookie.name}=${cookie.value}`)
      .join('; ');
  }

  /** Returns the values of all cookies with this name. */
  values(name: string): string[] {
    return [...this.#cookies.values()].filter((one) => one.name === name).map((one) => one.value);
  }

  /** Returns a copy, like a copied browser profile. */
  copy(): CookieJar {
    const jar = new CookieJar();
    for (const [key, cookie] of this.#cookies) {
      jar.#cookies.set(key, cookie);
    }
    return jar;
  }

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

/** Tests if a path matches (RFC 6265 section 5.1.4). */
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
