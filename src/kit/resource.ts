/** The identifiers of this API, in the form in which they are compared. */
export type Resources = ReadonlySet<string>;

/**
 * Reads the option `resources`.
 * @throws TypeError for a value that no operator can register
 */
export function readResources(value: unknown): Resources | undefined {
  if (value === undefined) {
    return undefined;
  }
  const uris: unknown[] = Array.isArray(value) ? value : [];
  if (uris.length === 0 || !uris.every(isResource)) {
    throw new TypeError(
      'resources must be a list of the URIs by which applications name this API, such as https://api.example.com/orders.',
    );
  }
  return new Set(uris.map(keyOf));
}

/** Tests if a value is an absolute URI without fragment. */
export function isResource(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && !value.includes('#');
}

/** Tests if a token may be used here: it is for one of these resources, or for no particular one. */
export function isMeantFor(resources: Resources, audience: readonly string[] = []): boolean {
  return audience.length === 0 || audience.some((uri) => resources.has(keyOf(uri)));
}

/** Differences in the case of the host, a default port or an empty path do not count. */
function keyOf(uri: string): string {
  return URL.parse(uri)?.href ?? uri;
}
