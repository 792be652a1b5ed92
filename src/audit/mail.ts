import type { LocalizedText } from '../db/schema.ts';
import type { Origin } from './event.ts';

/** What each kind of mail needs. Written to the outbox, so: plain JSON, and never a secret. */
export interface MailData {
  /** A new authorization: the user's own notice of it. */
  authorized: {
    readonly grantId: string;
    readonly application: MailApplication;
    readonly scopes: readonly string[];
    readonly organizers: readonly { readonly slug: string; readonly name: LocalizedText }[];
    /** ISO 8601. */
    readonly at: string;
    readonly timezone: string;
    readonly origin: Origin;
  };
  /** A rotated refresh token or a used code came again; the authorization was ended. */
  reuse_detected: {
    readonly application: MailApplication;
    readonly at: string;
    readonly timezone: string;
  };
}

/** The application as a mail shows it. */
export interface MailApplication {
  readonly name: string;
  readonly owner: string | null;
  readonly homepageUrl: string | null;
}

/** A kind of mail. */
export type MailKind = keyof MailData;

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
