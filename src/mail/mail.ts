import type { Origin } from '../lib/actor.ts';
import type { LocalizedText } from '../lib/localized-text.ts';

/** Data of each kind of mail. Stored in the outbox: plain JSON, and never a secret. */
export interface MailData {
  /** A new authorization: the user's own notice of it. */
  authorized: Happening &
    MailAccess & {
      readonly grantId: string;
      readonly origin: Origin;
      /** Names of the API services that it is limited to; empty: it is not. */
      readonly apis: readonly string[];
      /** End that the user has set, ISO 8601. */
      readonly endsAt?: string | undefined;
      /** Number of earlier authorizations that it replaces. */
      readonly replaced: number;
    };
  /** A rotated refresh token or a used code came again; the authorization was ended. */
  reuse_detected: Happening & { readonly application: MailApplication };
  /** A token was found in public; the authorization was ended. */
  leaked: Happening & { readonly application: MailApplication };
  /** An operator of this server ended an authorization. */
  revoked_by_operator: Happening &
    MailAccess & {
      /** Time of the authorization, ISO 8601. */
      readonly grantedAt: string;
    };
  /** An application was deleted, and all that the reader had allowed it ended with it. */
  application_deleted: Happening & { readonly application: MailApplication };
  /** An authorization that is not used any more ends soon. */
  access_ending: Happening &
    MailAccess & {
      readonly grantId: string;
      /** Time at which it ends if it is not used, ISO 8601. */
      readonly endsAt: string;
    };
  /** Something that matters for an application's security: the owner's notice of it. */
  application_changed: Happening & {
    readonly application: MailApplication;
    readonly change: ApplicationChange;
    /** Details: a secret's label and last characters, addresses. */
    readonly details?: readonly string[] | undefined;
    /** Reason in an operator's words. */
    readonly reason?: string | undefined;
    /** Absent where it was no request of the reader's own account. */
    readonly origin?: Origin | undefined;
    /** Link target: a path of this server. */
    readonly path: string;
  };
  /** An application that worked has stopped working: the owner's notice. */
  application_failing: Happening & {
    readonly application: MailApplication;
    /** Failed token requests within half an hour. */
    readonly failures: number;
    /** Error code of the newest of them. */
    readonly error: string;
    /** Its reason, a sentence in the reader's language, without values of the request. */
    readonly explanation: string;
    /** Link target: a path of this server. */
    readonly path: string;
  };
  /** Applications wait for a review: a notice to operators. */
  review_waiting: Happening & { readonly count: number };
  /** The password was replaced or taken away, and the user signed out everywhere. */
  password_changed: Happening & {
    readonly removed: boolean;
    /** If the user had none before. */
    readonly first?: boolean | undefined;
    /**
     * The user, or that they signed in at the platform's own login, from where on they have none
     * here; absent: the platform.
     */
    readonly by?: 'user' | 'upstream' | undefined;
    /** Absent where it did not come from the user's own browser. */
    readonly origin?: Origin | undefined;
  };
  /** The platform changed the e-mail address: one mail to each of the two. */
  email_changed: Happening & {
    /** If the recipient is the address that is no longer used. */
    readonly isFormer: boolean;
  };
  /** The upstream identity of this user was replaced or removed. */
  identity_changed: Happening & {
    readonly change: IdentityChange;
    /** Host of the provider. */
    readonly provider: string;
    /** Linked because the provider had verified the user's address; else by the platform. */
    readonly byEmail: boolean;
    /** Absent unless it came from a sign-in. */
    readonly origin?: Origin | undefined;
  };
  /** Somebody signed in in a browser that was not seen before. */
  new_device: Happening & {
    readonly origin: Origin;
    /** At the platform's own login, where passwords are none of ours. */
    readonly upstream?: boolean | undefined;
  };
}

/** Time of the event, and the reader's time zone. */
interface Happening {
  /** ISO 8601. */
  readonly at: string;
  /** IANA time zone name. */
  readonly timezone: string;
}

/** Scopes and organizers of an application. */
export interface MailAccess {
  readonly application: MailApplication;
  readonly scopes: readonly string[];
  readonly organizers: readonly { readonly slug: string; readonly name: LocalizedText }[];
}

/**
 * Changes of an application that are mailed. `transfer_received` and `transferred_to_you` go to the
 * receiver.
 */
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

/** One of them. */
export type ApplicationChange = (typeof APPLICATION_CHANGES)[number];

/** Ways in which the sign-in at an upstream provider changes. */
export const IDENTITY_CHANGES = ['linked', 'replaced', 'removed'] as const;

/** One of them. */
export type IdentityChange = (typeof IDENTITY_CHANGES)[number];

/** The application as a mail shows it. */
export interface MailApplication {
  readonly name: string;
  readonly owner: string | null;
  /** Null also if no operator has reviewed the application. */
  readonly reviewedHomepage: string | null;
  /** Host of its metadata document, which is proven. */
  readonly documentHost?: string | null | undefined;
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
