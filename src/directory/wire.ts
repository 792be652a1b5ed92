import { z } from 'zod';
import { component } from '../api/endpoint.ts';
import { filledLine, line } from '../api/fields.ts';
import { filter, flag, ordering } from '../api/query.ts';
import type { UpstreamConfig } from '../config/upstream.ts';
import { EMAIL_LIMIT, isEmail } from '../lib/email.ts';
import { type FieldErrors, ValidationError } from '../lib/errors.ts';
import { isLanguageTag, localizedText } from '../lib/localized-text.ts';
import { isUnprintable } from '../lib/printable.ts';
import { isTooLong, PASSWORD_LIMIT } from '../users/password.ts';
import { type IdentityInput, isTimeZone, type UserInput } from '../users/user.ts';
import type { Organizer } from './organizer.ts';
import type { KnownUser } from './set-identity.ts';
import { EXAMPLES } from './wire-examples.ts';

const OPERATOR =
  'Operator of this server, with all rights in the console at `/operator`. Only a token with all rights can set it to true, reactivate an operator, or change how an operator signs in (`email`, `password`, `upstream_subject`).';
const CONTROL_CHARACTERS = 'Control characters and broken Unicode are not allowed.';

/** Fields of a user that the platform sets. It decides how strong a password must be: users choose it there. */
const fields = {
  email: filledLine(EMAIL_LIMIT)
    .refine(isEmail, 'Enter a valid email address.')
    .describe(
      'Unique, case-insensitive for A to Z; a domain in Unicode equals its form in ASCII. If it changes, both addresses get a mail.',
    ),
  full_name: line(255).describe('Display name.'),
  // Empty: the platform does not know it, and the pages follow the browser.
  locale: line(35)
    .refine(
      (value) => value === '' || isLanguageTag(value),
      'Not a language tag such as "en" or "pt-BR".',
    )
    .describe(
      "BCP 47 language tag; empty: the browser's language. The user's own choice overrides it and is not shown.",
    ),
  timezone: filledLine(64)
    .refine(isTimeZone, 'Not the name of an IANA time zone such as "Europe/Berlin".')
    .describe("IANA time zone name. The user's own choice overrides it and is not shown."),
  is_active: z
    .boolean()
    .describe('If false, the user cannot sign in, and none of their grants are live.'),
  is_operator: z.boolean().describe(OPERATOR),
  password: z
    .string()
    .min(1, { abort: true })
    .refine(
      (value) => !isTooLong(value),
      `Ensure this field has no more than ${PASSWORD_LIMIT} bytes.`,
    )
    .refine((value) => !isUnprintable(value), CONTROL_CHARACTERS)
    .meta({ format: 'password' })
    .nullable()
    .meta({
      description: `At most ${PASSWORD_LIMIT} bytes. Never in a response. Omitted: unchanged. Null: no password. With OIDC_ISSUER no user has one.`,
      writeOnly: true,
    }),
  upstream_subject: z
    .string()
    .min(1, { abort: true })
    .max(255, { abort: true })
    .refine((value) => !isUnprintable(value), CONTROL_CHARACTERS)
    .nullable()
    .describe(
      "The user's `sub` at the platform's login (OIDC_ISSUER), which links sign-ins there to this user. Omitted: unchanged. Null: none.",
    ),
};

/** Body of `PUT /users/{id}/`. */
export const userBody = component(
  'UserBody',
  z.object({
    email: fields.email,
    full_name: fields.full_name.default(''),
    locale: fields.locale.default(''),
    timezone: fields.timezone.default('UTC'),
    is_active: fields.is_active.default(true),
    is_operator: fields.is_operator
      .optional()
      .describe(`${OPERATOR} Omitted: unchanged; false for a new user.`),
    password: fields.password.optional(),
    upstream_subject: fields.upstream_subject.optional(),
  }),
  EXAMPLES.userBody,
);

/**
 * Reads a user from a request body.
 * @throws ValidationError if it does not fit the way people sign in here
 */
export function readUser(
  upstream: UpstreamConfig | undefined,
  body: z.output<typeof userBody.schema>,
): UserInput {
  const { email, full_name, locale, timezone, is_active, is_operator, password } = body;
  return {
    email,
    fullName: full_name,
    locale,
    timezone,
    isActive: is_active,
    isOperator: is_operator,
    password,
    identity: readIdentity(upstream, body),
  };
}

/** Body of `PATCH /users/{id}/`. */
export const userChanges = component(
  'UserChanges',
  z.object(fields).partial(),
  EXAMPLES.userChanges,
);

/** Query of `GET /users/`. */
export const userQuery = z.object({
  email: filter(
    isEmail,
    'Enter a valid email address.',
    'Only the user with this e-mail address, in any spelling.',
  ),
  is_active: flag('Only active users, or only the others.'),
  is_operator: flag('Only operators, or only the others.'),
  ordering: ordering(['id', 'email'], 'id'),
});

const NAME = 'A string, or an object of language tag to string; who reads it gets their language.';

/** Body of `PUT /directory/organizers/{slug}/`. */
export const organizerBody = component(
  'OrganizerBody',
  z.object({ name: localizedText.describe(NAME) }),
  EXAMPLES.organizerName,
);

/** Query of `GET /directory/organizers/`. */
export const organizerQuery = z.object({ ordering: ordering(['slug'], 'slug') });

/** A user in API answers. */
export const userAnswer = component(
  'User',
  z.object({
    id: z.string().describe("The platform's ID; the `sub` of tokens."),
    email: z.string(),
    full_name: z.string(),
    locale: z.string(),
    timezone: z.string(),
    is_active: z.boolean(),
    is_operator: z.boolean(),
    upstream_subject: z.string().nullish().describe('Present only with OIDC_ISSUER.'),
  }),
  EXAMPLES.user,
);

/** An organizer in API answers. */
export const organizerAnswer = component(
  'Organizer',
  z.object({
    slug: z.string(),
    name: z.union([z.string(), z.record(z.string(), z.string())]).describe(NAME),
  }),
  EXAMPLES.organizer,
);

/** A user as the API answers it. */
export function presentUser(user: KnownUser): z.infer<typeof userAnswer.schema> {
  return {
    id: user.id,
    email: user.email,
    full_name: user.fullName,
    locale: user.locale,
    timezone: user.timezone,
    is_active: user.isActive,
    is_operator: user.isOperator,
    ...(user.upstreamSubject === undefined ? {} : { upstream_subject: user.upstreamSubject }),
  };
}

/** An organizer as the API answers it. */
export function presentOrganizer({
  slug,
  name,
}: Organizer): z.infer<typeof organizerAnswer.schema> {
  return { slug, name };
}

/**
 * Reads the upstream identity from a request body.
 * @throws ValidationError if it does not fit the way people sign in here
 */
export function readIdentity(
  upstream: UpstreamConfig | undefined,
  body: {
    readonly password?: string | null | undefined;
    readonly upstream_subject?: string | null | undefined;
  },
): IdentityInput | undefined {
  const { password, upstream_subject: subject } = body;
  const wrong: FieldErrors = {};
  if (upstream !== undefined && typeof password === 'string') {
    wrong.password = [`Users sign in at ${upstream.issuer}; this server keeps no passwords.`];
  }
  if (upstream === undefined && typeof subject === 'string') {
    wrong.upstream_subject = ['Users sign in with passwords here: OIDC_ISSUER is not set.'];
  }
  if (Object.keys(wrong).length > 0) {
    throw new ValidationError(wrong);
  }
  return upstream === undefined || subject === undefined
    ? undefined
    : { issuer: upstream.issuer, subject };
}
