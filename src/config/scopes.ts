import { z } from 'zod';
import { localizedText } from '../lib/localized-text.ts';
import { parseJson } from '../lib/parse-json.ts';
import { quote } from '../lib/printable.ts';
import type { ScopeConfig } from '../lib/scopes.ts';
import { words } from './variables.ts';

const DEFAULT: readonly ScopeConfig[] = [
  {
    name: 'read',
    organizers: true,
    writes: false,
    text: {
      en: 'View data of selected organizers',
      de: 'Daten der gewählten Veranstalter ansehen',
    },
  },
  {
    name: 'write',
    organizers: true,
    writes: true,
    text: {
      en: 'Edit data of selected organizers',
      de: 'Daten der gewählten Veranstalter bearbeiten',
    },
  },
  {
    name: 'profile',
    organizers: false,
    writes: false,
    text: {
      en: 'View your name, e-mail address, language and time zone',
      de: 'Name, E-Mail-Adresse, Sprache und Zeitzone ansehen',
    },
  },
];

/** Names that mean something else to OpenID Connect, which this server does not speak. */
const RESERVED = ['openid', 'offline_access'];
/** RFC 6749 §3.3, and no longer than a line of the consent page. */
const NAME = /^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/;
/** More than anybody reads on one page. */
const LIMIT = 50;

const EXAMPLE =
  '{"read": {"text": {"en": "See your events", "de": "Deine Veranstaltungen sehen"}}}';

const yesOrNo = z.boolean({ error: 'must be true or false' });

const scope = z.strictObject(
  { text: localizedText, organizers: yesOrNo.default(true), writes: yesOrNo.optional() },
  {
    error: ({ code, keys }) =>
      code === 'unrecognized_keys'
        ? `has ${keys.map((key) => quote(key)).join(', ')}; it may have text, organizers and writes`
        : 'must be an object with a text',
  },
);

/** The scopes that applications can ask for, as a JSON object from name to what it is. */
const scopes = z.record(z.string(), scope, { error: `must be a JSON object such as ${EXAMPLE}` });

/** The variables that say which scopes there are. */
export const scopeVariables = {
  SCOPES: z.string().transform(parseScopes).optional(),
  DEFAULT_SCOPES: words
    .refine((names) => names.length > 0, 'must name at least one scope')
    .optional(),
};

function parseScopes(value: string, ctx: z.RefinementCtx): readonly ScopeConfig[] {
  const json = parseJson(value);
  // zod leaves this key out without a word.
  if (typeof json === 'object' && json !== null && Object.hasOwn(json, '__proto__')) {
    ctx.addIssue({ code: 'custom', message: '"__proto__" cannot be the name of a scope' });
  }
  const parsed = scopes.safeParse(json, { error: messageOf });
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      ctx.addIssue({ code: 'custom', path: path.map(String), message });
    }
    return z.NEVER;
  }
  const names = Object.keys(parsed.data);
  if (names.length === 0 || names.length > LIMIT) {
    ctx.addIssue({ code: 'custom', message: `must hold 1 to ${LIMIT} scopes` });
  }
  for (const name of names.filter((one) => !NAME.test(one) || RESERVED.includes(one))) {
    const why = RESERVED.includes(name) ? 'is reserved' : 'is no name of a scope (RFC 6749 §3.3)';
    ctx.addIssue({ code: 'custom', message: `${quote(name)} ${why}` });
  }
  return Object.entries(parsed.data).map(([name, { text, organizers, writes }]) => ({
    name,
    text,
    organizers,
    writes: writes ?? name === 'write',
  }));
}

function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined) {
    return 'is missing';
  }
  return issue.code === 'invalid_union' ? 'must be a text, or texts by language' : undefined;
}

/** Without variables: `read`, `write` and `profile`, of which `read write` are asked for. */
export function scopeSettings(vars: {
  SCOPES?: readonly ScopeConfig[] | undefined;
  DEFAULT_SCOPES?: readonly string[] | undefined;
}) {
  return {
    scopes: vars.SCOPES ?? DEFAULT,
    /** The scopes of a request without `scope`. */
    defaultScopes: vars.DEFAULT_SCOPES ?? ['read', 'write'],
  };
}

/** Returns one line for each combination of settings that does not work. */
export function wrongScopes({
  scopes: known,
  defaultScopes,
}: ReturnType<typeof scopeSettings>): string[] {
  const missing = defaultScopes.filter((name) => !known.some((one) => one.name === name));
  return missing.length === 0
    ? []
    : [
        `DEFAULT_SCOPES (what an application without "scope" asks for, ${quote(defaultScopes.join(' '))}) has what SCOPES has not: ${missing.map((name) => quote(name)).join(', ')}`,
      ];
}
