import { z } from 'zod';
import { APPLICATION_CHANGES, IDENTITY_CHANGES, type MailData, type MailKind } from './mail.ts';

const application = z.object({
  name: z.string(),
  owner: z.string().nullable(),
  // Absent in mails that were queued before reviews decided about it.
  reviewedHomepage: z.string().nullable().default(null),
  documentHost: z.string().nullable().default(null),
});
// JSON omits undefined.
const origin = z
  .object({ ip: z.string().optional(), userAgent: z.string().optional() })
  .transform(({ ip, userAgent }) => ({ ip, userAgent }));
const localizedText = z.union([z.string(), z.record(z.string(), z.string())]);
const time = z.iso.datetime({ offset: true });
const occurrence = { at: time, timezone: z.string() };
const access = {
  application,
  scopes: z.array(z.string()),
  organizers: z.array(z.object({ slug: z.string(), name: localizedText })),
};

// One object a kind, so that each is parsed to its own type.
const mail = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('authorized'),
    data: z.object({
      ...occurrence,
      ...access,
      grantId: z.string(),
      origin,
      // Absent in mails that an older process has queued.
      apis: z.array(z.string()).default([]),
      endsAt: time.optional(),
      replaced: z.number().int().default(0),
    }),
  }),
  z.object({
    kind: z.literal('reuse_detected'),
    data: z.object({ ...occurrence, application }),
  }),
  z.object({
    kind: z.literal('leaked'),
    data: z.object({ ...occurrence, application }),
  }),
  z.object({
    kind: z.literal('revoked_by_operator'),
    data: z.object({ ...occurrence, ...access, grantedAt: time }),
  }),
  z.object({
    kind: z.literal('application_deleted'),
    data: z.object({ ...occurrence, application }),
  }),
  z.object({
    kind: z.literal('access_ending'),
    data: z.object({ ...occurrence, ...access, grantId: z.string(), endsAt: time }),
  }),
  z.object({
    kind: z.literal('application_changed'),
    data: z.object({
      ...occurrence,
      application,
      change: z.enum(APPLICATION_CHANGES),
      details: z.array(z.string()).optional(),
      reason: z.string().optional(),
      origin: origin.optional(),
      path: z.string().startsWith('/'),
    }),
  }),
  z.object({
    kind: z.literal('application_failing'),
    data: z.object({
      ...occurrence,
      application,
      failures: z.int().min(1),
      error: z.string(),
      explanation: z.string(),
      path: z.string().startsWith('/'),
    }),
  }),
  z.object({
    kind: z.literal('review_waiting'),
    data: z.object({ ...occurrence, count: z.int().min(1) }),
  }),
  z.object({
    kind: z.literal('password_changed'),
    data: z.object({
      ...occurrence,
      removed: z.boolean(),
      first: z.boolean().optional(),
      by: z.enum(['user', 'upstream']).optional(),
      origin: origin.optional(),
    }),
  }),
  z.object({
    kind: z.literal('email_changed'),
    data: z.object({ ...occurrence, isFormer: z.boolean() }),
  }),
  z.object({
    kind: z.literal('identity_changed'),
    data: z.object({
      ...occurrence,
      change: z.enum(IDENTITY_CHANGES),
      provider: z.string(),
      byEmail: z.boolean(),
      origin: origin.optional(),
    }),
  }),
  z.object({
    kind: z.literal('new_device'),
    data: z.object({ ...occurrence, origin, upstream: z.boolean().optional() }),
  }),
]);

/** A kind with the data that it needs. */
export type ParsedMail = { [K in MailKind]: { kind: K; data: MailData[K] } }[MailKind];

/**
 * Reads a row of the outbox, which a newer process may have written.
 * @returns undefined if the kind is unknown or the data does not match it
 */
export function parseMail(row: {
  readonly kind: string;
  readonly data: unknown;
}): ParsedMail | undefined {
  return mail.safeParse({ kind: row.kind, data: row.data }).data;
}

/** Returns the `traceparent` of the request that caused a mail; undefined if it was not traced. */
export function traceparentIn(data: unknown): string | undefined {
  return z.object({ traceparent: z.string() }).safeParse(data).data?.traceparent;
}
