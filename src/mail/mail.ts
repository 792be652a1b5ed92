import { z } from 'zod';

/** Changes of an application that are mailed. `transfer_received` and `transferred_to_you` go to the receiver. */
export const APPLICATION_CHANGES = [
  'secret_added',
  'secret_deleted',
  'secret_leaked',
  'key_added',
  'key_deleted',
  'redirect_uris_changed',
  'transfer_offered',
  'transfer_received',
  'transferred_away',
  'transferred_to_you',
  'suspended',
  'resumed',
  'review_question',
] as const;

const time = z.iso.datetime({ offset: true });
const texts = z.array(z.string()).readonly();
/** Path of a page of this server. */
const path = z.string().startsWith('/');

/** The application as a mail shows it. */
const application = z.object({
  name: z.string(),
  owner: z.string().nullable(),
  /**
   * Null also if no operator has reviewed the application; absent in mails that were queued before
   * reviews decided about it.
   */
  reviewedHomepage: z.string().nullable().default(null),
  /** Host of its metadata document, which is proven. */
  documentHost: z.string().nullish(),
});

/** Origin of a request. JSON omits what is undefined. */
const origin = z
  .object({ ip: z.string().optional(), userAgent: z.string().optional() })
  .transform(({ ip, userAgent }) => ({ ip, userAgent }));

/** Scopes and organizers of an application. */
const access = {
  application,
  scopes: texts,
  organizers: z
    .array(
      z.object({
        slug: z.string(),
        name: z.union([z.string(), z.record(z.string(), z.string())]),
      }),
    )
    .readonly(),
};

/** Describes a kind of mail by its data, to which the time of the event and the reader's time zone belong. */
const kind = <const Kind extends string, Data extends z.ZodRawShape>(name: Kind, data: Data) =>
  z.object({
    kind: z.literal(name),
    data: z.object({ at: time, timezone: z.string(), ...data }),
  });

/** All kinds of mail. Their data is stored in the outbox: plain JSON, and never a secret. */
const mail = z.discriminatedUnion('kind', [
  /** A new authorization: the user's own notice of it. */
  kind('authorized', {
    ...access,
    grantId: z.string(),
    origin,
    /** Names of the API services that it is limited to; empty: it is not. An older process queues none. */
    apis: texts.default([]),
    /** End that the user has set. */
    endsAt: time.optional(),
    /** Number of earlier authorizations that it replaces. */
    replaced: z.int().default(0),
  }),
  /** A rotated refresh token or a used code came again; the authorization was ended. */
  kind('reuse_detected', { application }),
  /** A token was found in public; the authorization was ended. */
  kind('leaked', { application }),
  /** An operator of this server ended an authorization. */
  kind('revoked_by_operator', { ...access, grantedAt: time }),
  /** An application was deleted, and all that the reader had allowed it ended with it. */
  kind('application_deleted', { application }),
  /** An authorization that is not used any more ends at `endsAt`. */
  kind('access_ending', { ...access, grantId: z.string(), endsAt: time }),
  /** Something that matters for an application's security: the owner's notice of it. */
  kind('application_changed', {
    application,
    change: z.enum(APPLICATION_CHANGES),
    /** A secret's label and last characters, addresses. */
    details: texts.optional(),
    /** Reason in an operator's words. */
    reason: z.string().optional(),
    /** Absent if it was no request of the reader's own account. */
    origin: origin.optional(),
    path,
  }),
  /** An application that worked has stopped working: the owner's notice. */
  kind('application_failing', {
    application,
    /** Failed token requests within half an hour. */
    failures: z.int().min(1),
    /** Error code of the newest of them. */
    error: z.string(),
    /** Its reason, a sentence in the reader's language, without values of the request. */
    explanation: z.string(),
    path,
  }),
  /** Applications wait for a review: a notice to operators. */
  kind('review_waiting', { count: z.int().min(1) }),
  /** The password was replaced or removed, and the user signed out everywhere. */
  kind('password_changed', {
    removed: z.boolean(),
    /** True if the user had none before. */
    first: z.boolean().optional(),
    /** `upstream`: removed because the user signed in at the platform's own login; absent: the platform. */
    by: z.enum(['user', 'upstream']).optional(),
    /** Absent if it did not come from the user's own browser. */
    origin: origin.optional(),
  }),
  /** The platform changed the e-mail address: one mail to each of the two, `isFormer` to the old one. */
  kind('email_changed', { isFormer: z.boolean() }),
  /** The upstream identity of this user was linked, replaced or removed. */
  kind('identity_changed', {
    change: z.enum(['linked', 'replaced', 'removed']),
    /** Host of the provider. */
    provider: z.string(),
    /** Linked because the provider had verified the user's address; else by the platform. */
    byEmail: z.boolean(),
    /** Absent unless it came from a sign-in. */
    origin: origin.optional(),
  }),
  /** Somebody signed in in a browser that was not seen before; `upstream`: at the platform's own login. */
  kind('new_device', { origin, upstream: z.boolean().optional() }),
]);

/** A kind with its data. */
export type ParsedMail = z.output<typeof mail>;

/** A kind of mail. */
export type MailKind = ParsedMail['kind'];

/** Data by kind of mail. */
export type MailData = { [One in ParsedMail as One['kind']]: One['data'] };

/** The application as a mail shows it. */
export type MailApplication = z.output<typeof application>;

/** Scopes and organizers of an application. */
export type MailAccess = Pick<MailData['access_ending'], keyof typeof access>;

/**
 * Reads a row of the outbox, which a newer process may have written.
 * @returns undefined if the kind is unknown or the data does not match it
 */
export function parseMail({
  kind,
  data,
}: Pick<QueuedMail, 'kind' | 'data'>): ParsedMail | undefined {
  return mail.safeParse({ kind, data }).data;
}

/** Returns the `traceparent` of the request that caused a mail; undefined if it was not traced. */
export function traceparentIn(data: unknown): string | undefined {
  return z.object({ traceparent: z.string() }).safeParse(data).data?.traceparent;
}

/** A mail to be sent. */
export interface Mail<K extends MailKind = MailKind> {
  readonly kind: K;
  readonly recipient: string;
  readonly locale: string;
  readonly data: MailData[K];
}

/** A mail of the outbox while one sender holds it. `kind` and `data` are as read, not yet parsed. */
export interface QueuedMail {
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly locale: string;
  readonly data: unknown;
  readonly createdAt: Date;
  /** Attempts so far, this one included. */
  readonly attempts: number;
}

/** A mail that was not delivered, without its content. */
export interface UndeliveredMail {
  readonly id: string;
  readonly kind: string;
  readonly recipient: string;
  readonly createdAt: Date;
  readonly attempts: number;
  /** Time of the next attempt; irrelevant for a mail that was given up. */
  readonly nextAttemptAt: Date;
  /** Time at which it was given up; null while it waits. */
  readonly failedAt: Date | null;
  readonly lastError: string | null;
}
