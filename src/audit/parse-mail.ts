import { z } from 'zod';
import { APPLICATION_CHANGES, type MailData, type MailKind } from './mail.ts';

const application = z.object({
  name: z.string(),
  owner: z.string().nullable(),
  homepageUrl: z.string().nullable(),
});
// What is undefined is left out of JSON.
const origin = z
  .object({ ip: z.string().optional(), userAgent: z.string().optional() })
  .transform(({ ip, userAgent }) => ({ ip, userAgent }));
const localizedText = z.union([z.string(), z.record(z.string(), z.string())]);

// One object a kind, so that each is parsed to its own type.
const authorized = z.object({
  kind: z.literal('authorized'),
  data: z.object({
    grantId: z.string(),
    application,
    scopes: z.array(z.string()),
    organizers: z.array(z.object({ slug: z.string(), name: localizedText })),
    at: z.iso.datetime({ offset: true }),
    timezone: z.string(),
    origin,
  }),
});
const reuseDetected = z.object({
  kind: z.literal('reuse_detected'),
  data: z.object({ application, at: z.iso.datetime({ offset: true }), timezone: z.string() }),
});
const applicationChanged = z.object({
  kind: z.literal('application_changed'),
  data: z.object({
    application,
    change: z.enum(APPLICATION_CHANGES),
    details: z.array(z.string()).optional(),
    reason: z.string().optional(),
    at: z.iso.datetime({ offset: true }),
    timezone: z.string(),
    origin: origin.optional(),
    path: z.string().startsWith('/'),
  }),
});
const mail = z.discriminatedUnion('kind', [authorized, reuseDetected, applicationChanged]);

/** A kind with the data that it needs. */
export type ParsedMail = { [K in MailKind]: { kind: K; data: MailData[K] } }[MailKind];

/**
 * What a row of the outbox asks for. An older process may meet a kind that a newer one wrote.
 * @returns undefined where the kind is unknown or the data does not fit it
 */
export function parseMail(row: {
  readonly kind: string;
  readonly data: unknown;
}): ParsedMail | undefined {
  return mail.safeParse({ kind: row.kind, data: row.data }).data;
}
