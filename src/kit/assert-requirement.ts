/** A requirement that no compiler has checked. */
interface Unchecked {
  readonly organizer?: unknown;
  readonly permission?: unknown;
  readonly event?: unknown;
  readonly scopes?: unknown;
}

const KEYS = ['organizer', 'permission', 'event', 'scopes'];

/**
 * Makes sure that a requirement says what it seems to say: a misspelled name would check nothing.
 * @throws TypeError with what to write instead
 */
export function assertRequirement(requirement: Unchecked): void {
  assertKnownKeys('A requirement', requirement, KEYS);
  const { organizer, permission, event, scopes } = requirement;
  if (organizer !== null && typeof organizer !== 'function' && typeof organizer !== 'string') {
    throw new TypeError(
      'organizer must say which organizer the route is about; null says that it is about none.',
    );
  }
  if (scopes !== undefined && !isList(scopes)) {
    throw new TypeError('scopes must be a list of at least one scope; leave it out for the usual.');
  }
  if (event !== undefined && typeof event !== 'function' && typeof event !== 'string') {
    throw new TypeError('event must say which event the route is about; leave it out for none.');
  }
  if (permission === undefined) {
    if (event !== undefined) {
      throw new TypeError('event checks nothing without a permission: add the one for the event.');
    }
    return;
  }
  if (organizer === null) {
    throw new TypeError('A permission is one at an organizer: organizer must not be null.');
  }
  if (!isText(permission) && !isReadAndWrite(permission)) {
    throw new TypeError(
      'permission must be a name, or { read, write } with a name for each kind of method.',
    );
  }
}

/** @throws TypeError for a name that nothing reads: `casche` would be no cache */
export function assertKnownKeys(what: string, value: object, known: readonly string[]): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new TypeError(`${what} has no "${unknown}"; it has ${known.join(', ')}.`);
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

function isReadAndWrite(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).length === 2 &&
    'read' in value &&
    'write' in value &&
    isText(value.read) &&
    isText(value.write)
  );
}
