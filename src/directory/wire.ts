import { z } from 'zod';
import { filledLine, isUnprintable, line, quote, subsetOf } from '../api/fields.ts';
import type { LocalizedText } from '../db/schema.ts';
import type { Organizer } from './organizer.ts';
import { isTooLong, PASSWORD_LIMIT } from './password.ts';
import type { Team } from './team.ts';
import {
  EMAIL_LIMIT,
  isDirectoryId,
  isEmail,
  isLanguageTag,
  isTimeZone,
  type User,
} from './user.ts';

const email = filledLine(EMAIL_LIMIT).refine(isEmail, 'Enter a valid email address.');
const fullName = line(255);
// Empty: the platform does not know it, and the pages follow the browser.
const locale = line(35).refine(
  (value) => value === '' || isLanguageTag(value),
  'Not a language tag such as "en" or "pt-BR".',
);
const timezone = filledLine(64).refine(
  isTimeZone,
  'Not the name of an IANA time zone such as "Europe/Berlin".',
);
// How good a password has to be is the platform's to say: it is where the user chose it.
const password = z
  .string()
  .min(1, { abort: true })
  .refine(
    (value) => !isTooLong(value),
    `Ensure this field has no more than ${PASSWORD_LIMIT} bytes.`,
  )
  .refine(
    (value) => !isUnprintable(value),
    'Control characters and broken Unicode are not allowed.',
  )
  .nullable();

/** Body of `PUT /users/{id}/`. */
export const userBody = z.object({
  email,
  full_name: fullName.default(''),
  locale: locale.default(''),
  timezone: timezone.default('UTC'),
  is_active: z.boolean().default(true),
  password: password.optional(),
});

/** Body of `PATCH /users/{id}/`. */
export const userChanges = z.object({
  email: email.optional(),
  full_name: fullName.optional(),
  locale: locale.optional(),
  timezone: timezone.optional(),
  is_active: z.boolean().optional(),
  password: password.optional(),
});

const LOCALIZED_LIMIT = 255;
/** More than any platform speaks; each is shown and logged. */
const LANGUAGES_LIMIT = 100;

/** A string, or an object of language tag to string, of which at least one is filled. */
const localizedText = z
  .union([z.string(), z.record(z.string(), z.string())])
  .transform((given, ctx): LocalizedText => {
    const refuse = (message: string, path: string[] = []) =>
      ctx.issues.push({ code: 'custom', input: given, path, message });
    const texts = typeof given === 'string' ? [['', given] as const] : Object.entries(given);
    if (texts.length === 0 || texts.every(([, text]) => text.trim() === '')) {
      refuse('This field may not be blank.');
    }
    if (texts.length > LANGUAGES_LIMIT) {
      refuse(`Ensure this field has no more than ${LANGUAGES_LIMIT} languages.`);
    }
    for (const [language, text] of texts.slice(0, LANGUAGES_LIMIT)) {
      const path = language === '' ? [] : [language.slice(0, 35)];
      if (typeof given !== 'string' && !isLanguageTag(language)) {
        refuse(`${quote(language)} is not a language tag such as "en" or "pt-BR".`);
      } else if (text.length > LOCALIZED_LIMIT) {
        refuse(`Ensure this field has no more than ${LOCALIZED_LIMIT} characters.`, path);
      } else if (isUnprintable(text)) {
        refuse('Control characters and broken Unicode are not allowed.', path);
      }
    }
    return given;
  });

/** Body of `PUT /directory/organizers/{slug}/`. */
export const organizerBody = z.object({ name: localizedText });

/** Body of `PUT /directory/organizers/{slug}/teams/{id}/`. */
export function teamBody(permissions: readonly string[]) {
  return z.object({
    name: line(255).default(''),
    permissions: subsetOf(permissions).default([]),
    members: z.array(z.string().refine(isDirectoryId, 'Not the id of a user.')).default([]),
  });
}

/** A user as the API answers it. */
export function presentUser(user: User) {
  return {
    id: user.id,
    email: user.email,
    full_name: user.fullName,
    locale: user.locale,
    timezone: user.timezone,
    is_active: user.isActive,
  };
}

/** An organizer as the API answers it. */
export function presentOrganizer({ slug, name }: Organizer) {
  return { slug, name };
}

/** A team as the API answers it. */
export function presentTeam({ id, name, permissions, members }: Team) {
  return { id, name, permissions, members };
}
