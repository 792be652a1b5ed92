import { z } from 'zod';
import { component } from '../api/endpoint.ts';
import { filledLine, lines, subsetOf, time } from '../api/fields.ts';
import { filter, flag, ordering } from '../api/query.ts';
import type { Config } from '../config/config.ts';
import { isUnprintable, withoutUnprintable } from '../lib/printable.ts';
import { hasInvisible, isReadable } from '../lib/visible-text.ts';
import { isDirectoryId } from '../users/user.ts';
import { APPLICATION_KINDS, type Application, applicationState } from './application.ts';
import { logoPath } from './picture.ts';
import { REVIEW_NEEDS, type ReviewSettings, reviewNeed } from './review-need.ts';
import { EXAMPLES } from './wire-examples.ts';

/** Endpoints of all applications. */
export const ALL = { path: '/applications', right: 'applications', tag: 'Applications' } as const;
/** Endpoints of one application. */
export const ONE = {
  ...ALL,
  path: '/applications/:client_id',
  params: {
    client_id: {
      description: 'Client ID of the application',
      example: EXAMPLES.application.client_id,
    },
  },
} as const;

const URL_LIMIT = 2000;

const NO_INVISIBLE =
  'Invisible characters and characters that change the reading direction are not allowed.';

/** Name of a client: one line that is readable. */
export const clientName = filledLine(255)
  .refine((value) => !hasInvisible(withoutUnprintable(value)), {
    error: NO_INVISIBLE,
    abort: true,
  })
  .refine(isReadable, 'It has to begin with a visible character, with at most four accents each.')
  .transform((value) => value.replace(/\p{Zs}+/gu, ' '))
  .meta({ maxLength: 255 });

const link = z
  .string()
  .trim()
  .max(URL_LIMIT, { abort: true })
  .refine(
    (value) => value === '' || isLink(value),
    'Enter a URL that begins with https:// or http://.',
  )
  .transform((value) => (value === '' ? null : value))
  .nullable();

function isLink(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    /^https?:\/\/[^/]/i.test(value) &&
    url.username === '' &&
    url.password === '' &&
    !isUnprintable(value) &&
    !/[\s\\]/.test(value)
  );
}

function fields(scopes: readonly string[]) {
  return {
    owner: z
      .string()
      .refine(isDirectoryId, 'Not a user ID.')
      .nullable()
      .describe('User ID. Null: the operator is responsible for it.'),
    name: clientName.describe('Shown on the consent page.'),
    description: lines(2000).refine(
      (value) => !hasInvisible(withoutUnprintable(value)),
      NO_INVISIBLE,
    ),
    homepage_url: link,
    privacy_policy_url: link,
    terms_url: link,
    client_type: z
      .enum(['confidential', 'public'])
      .describe(
        '`confidential` if it can keep a secret (RFC 6749 section 2.1). Cannot be changed.',
      ),
    redirect_uris: z
      .array(z.string())
      .min(1)
      .describe('Must match exactly; https, or what RFC 8252 allows for native applications.'),
    scopes: subsetOf(scopes).describe('Scopes that it may request.'),
    require_pkce: z.boolean().describe('Always true for public applications.'),
    is_active: z.boolean().describe('Set by the owner. If false, none of its tokens are live.'),
  };
}

/** Body of `POST /applications/`; `scopes` are the names that there are. */
export function applicationBody(scopes: readonly string[]) {
  const all = fields(scopes);
  return component(
    'ApplicationBody',
    z
      .object(all)
      .partial()
      .extend({
        name: all.name,
        redirect_uris: all.redirect_uris,
        scopes: all.scopes.default([...scopes]),
        client_type: all.client_type.default('confidential'),
        require_pkce: all.require_pkce.default(true),
        is_active: all.is_active.default(true),
      }),
    EXAMPLES.registration,
  );
}

/** Body of `PATCH /applications/{client_id}/`. */
export function applicationChanges(scopes: readonly string[]) {
  return component('ApplicationChanges', z.object(fields(scopes)).partial(), EXAMPLES.changes);
}

/** Query of `GET /applications/`. */
export const applicationQuery = z.object({
  owner: filter(isDirectoryId, 'Not a user ID.', 'Only those of this user.'),
  kind: z.enum(APPLICATION_KINDS).optional().describe('Only those of this kind.'),
  reviewed: flag('Only those that an operator has reviewed, or only the others.'),
  suspended: flag('Only those that an operator has suspended, or only the others.'),
  ordering: ordering(['created_at'], 'created_at'),
});

/** Body of `POST /applications/{client_id}/suspend/`. */
export const suspensionBody = component(
  'Suspension',
  z.object({ reason: lines(2000).default('').describe('Shown to the owner.') }),
  EXAMPLES.suspension,
);

const HOW_TO_REVIEW =
  'This field is required. Send the version that you reviewed, as the response to GET names it.';

/** Body of `POST /applications/{client_id}/review/`. */
export const reviewBody = component(
  'Review',
  z.object({
    version: z
      .int({ error: HOW_TO_REVIEW })
      .min(1, HOW_TO_REVIEW)
      .max(2 ** 31 - 1, HOW_TO_REVIEW)
      .describe('The reviewed version.'),
  }),
  EXAMPLES.review,
);

const url = z.string().meta({ format: 'uri' }).nullable();

/** An application in responses. */
export const applicationAnswer = component(
  'Application',
  z.object({
    client_id: z.string().describe('URL-encode it in paths: it may be a URL.'),
    kind: z
      .enum(APPLICATION_KINDS)
      .describe(
        '`registered` by a developer or operator; `metadata_document`: described by the document at its client ID; `dynamic`: registered by the program itself.',
      ),
    owner: z.string().nullable().describe('User ID; null: none, or deleted.'),
    name: z.string(),
    description: z.string(),
    homepage_url: url,
    privacy_policy_url: url,
    terms_url: url,
    logo_url: url.describe(
      'PNG of 256 × 256 pixels, which users see while `reviewed_at` is set. Null: none. Its owner uploads it in the browser.',
    ),
    client_type: z.enum(['confidential', 'public']),
    redirect_uris: z.array(z.string()),
    scopes: z.array(z.string()),
    require_pkce: z.boolean(),
    is_active: z.boolean(),
    state: z
      .enum(['active', 'disabled', 'suspended'])
      .describe('Its tokens are live only if `active`.'),
    suspended_at: time.nullable(),
    suspension_reason: z.string().nullable(),
    version: z.int().describe('Increases with every change that matters for a review.'),
    reviewed_at: time
      .nullable()
      .describe('Time of the review of this version. Null: not reviewed.'),
    review_needed: z
      .enum(REVIEW_NEEDS)
      .nullable()
      .describe(
        'Reason why it works only for its owner until this version is reviewed. Null: works for everybody.',
      ),
    created_at: time,
    updated_at: time,
  }),
  EXAMPLES.application,
);

/** A registered application with its first secret; a public one has none. */
export const registeredApplication = component(
  'RegisteredApplication',
  applicationAnswer.schema.extend({
    client_secret: z.string().optional().describe('Shown only once.'),
  }),
  EXAMPLES.registered,
);

/** Presents an application, without its secrets. */
export function presentApplication(
  config: ReviewSettings & Pick<Config, 'issuer'>,
  application: Application,
): z.infer<typeof applicationAnswer.schema> {
  return {
    client_id: application.clientId,
    kind: application.kind,
    owner: application.ownerId,
    name: application.name,
    description: application.description,
    homepage_url: application.homepageUrl,
    privacy_policy_url: application.privacyPolicyUrl,
    terms_url: application.termsUrl,
    logo_url: application.logo === null ? null : `${config.issuer}${logoPath(application.logo)}`,
    client_type: application.clientType,
    redirect_uris: [...application.redirectUris],
    scopes: [...application.scopes],
    require_pkce: application.requirePkce,
    is_active: application.isActive,
    state: applicationState(application),
    suspended_at: application.suspendedAt?.toISOString() ?? null,
    suspension_reason: application.suspensionReason,
    version: application.version,
    reviewed_at: application.reviewedAt?.toISOString() ?? null,
    review_needed: reviewNeed(config, application) ?? null,
    created_at: application.createdAt.toISOString(),
    updated_at: application.updatedAt.toISOString(),
  };
}
