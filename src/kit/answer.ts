import { type Access, createAccess } from './access.ts';

/** Meaning of an introspection answer. */
export type Reading =
  | { readonly outcome: 'inactive' }
  | {
      readonly outcome: 'active';
      readonly access: Access;
      /** Thumbprint of the key that the token is bound to; undefined for a bearer token. */
      readonly jkt: string | undefined;
      /**
       * Seconds until the token ends, from the moment at which the server answered; undefined if the
       * server does not say it.
       */
      readonly expiresIn: number | undefined;
    };

/**
 * Reads the JSON of an introspection answer.
 * @see RFC 7662 §2.2
 * @throws Error when it is not one, or one of another issuer: nothing may be concluded from it
 */
export function readAnswer(issuer: string, json: unknown): Reading {
  const answer = object('the answer', json);
  if (answer.active === false) {
    return { outcome: 'inactive' };
  }
  if (answer.active !== true) {
    throw new Error('active is neither true nor false');
  }
  if (answer.iss !== undefined && withoutSlash(text('iss', answer.iss)) !== withoutSlash(issuer)) {
    throw new Error('it names another issuer');
  }
  const binding = readBinding(answer);
  return binding === 'unknown'
    ? { outcome: 'inactive' }
    : {
        outcome: 'active',
        access: readAccess(answer),
        jkt: binding,
        expiresIn: seconds('expires_in', answer.expires_in),
      };
}

/**
 * Returns the key that the token is bound to. A binding that cannot be verified makes the token
 * invalid here.
 * @see RFC 9449 §6.2
 */
function readBinding(answer: Readonly<Record<string, unknown>>): string | undefined | 'unknown' {
  const type = answer.token_type === undefined ? 'Bearer' : text('token_type', answer.token_type);
  if (answer.cnf === undefined) {
    return type.toLowerCase() === 'bearer' ? undefined : 'unknown';
  }
  const { jkt, ...others } = object('cnf', answer.cnf);
  return jkt !== undefined && Object.keys(others).length === 0 ? nonEmpty('jkt', jkt) : 'unknown';
}

function readAccess(answer: Readonly<Record<string, unknown>>): Access {
  return createAccess({
    sub: nonEmpty('sub', answer.sub),
    clientId: nonEmpty('client_id', answer.client_id),
    scopes: text('scope', answer.scope ?? '')
      .split(' ')
      .filter((scope) => scope !== ''),
    organizers: texts('organizers', answer.organizers ?? []),
    permissions: mapValues('permissions', answer.permissions ?? {}, texts),
    eventPermissions: mapValues(
      'event_permissions',
      answer.event_permissions ?? {},
      (name, lists) => mapValues(name, lists, texts),
    ),
    audience: typeof answer.aud === 'string' ? [answer.aud] : texts('aud', answer.aud ?? []),
    grant: answer.grant === undefined ? undefined : nonEmpty('grant', answer.grant),
    issuedAt: seconds('iat', answer.iat),
    expiresAt: seconds('exp', answer.exp),
  });
}

export function object(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) {
    throw new Error(`${name} is not an object`);
  }
  return value;
}

/** Unlike an assignment, `fromEntries` makes own properties of all keys. */
function mapValues<T>(
  name: string,
  value: unknown,
  read: (name: string, entry: unknown) => T,
): Record<string, T> {
  const entries = Object.entries(object(name, value));
  return Object.fromEntries(entries.map(([key, entry]) => [key, read(name, entry)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(name: string, value: unknown): string {
  if (typeof value !== 'string') {
    throw new Error(`${name} is not a string`);
  }
  return value;
}

function nonEmpty(name: string, value: unknown): string {
  if (value === '') {
    throw new Error(`${name} is empty`);
  }
  return text(name, value);
}

export function texts(name: string, value: unknown): string[] {
  if (!Array.isArray(value)) {
    throw new Error(`${name} is not a list`);
  }
  return value.map((entry: unknown) => text(`an entry of ${name}`, entry));
}

function seconds(name: string, value: unknown): number | undefined {
  if (value !== undefined && (typeof value !== 'number' || !Number.isFinite(value))) {
    throw new Error(`${name} is not a number`);
  }
  return value;
}

function withoutSlash(issuer: string): string {
  return issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
}
