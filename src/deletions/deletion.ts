import type { Actor } from '../lib/actor.ts';
import type { MailData } from '../mail/mail.ts';

/** Deletion of a user or an application whose grants did not fit into one batch. */
export interface Deletion {
  readonly id: string;
  readonly kind: DeletionKind;
  /** ID of the user, or client ID. */
  readonly subject: string;
  readonly requestedAt: Date;
  /** Number of grants; null until they are counted. */
  readonly grants: number | null;
  /** Number of grants that are removed. */
  readonly removed: number;
  readonly finishedAt: Date | null;
}

export const DELETION_KINDS = ['user', 'application'] as const;
export type DeletionKind = (typeof DELETION_KINDS)[number];

/** Log entry and mail for each user with a live grant of a deleted application. */
export interface EndNotice {
  readonly actor: Actor;
  /** ID of the owner, who sees the progress. */
  readonly owner: string | null;
  /** Data of the log entry. */
  readonly log: Readonly<Record<string, unknown>>;
  readonly mail: Omit<MailData['application_deleted'], 'timezone'>;
}

/** Filters of the list of deletions; an undefined one matches all. */
export interface DeletionFilters {
  readonly kind?: DeletionKind | undefined;
  readonly subject?: string | undefined;
  readonly finished?: boolean | undefined;
}
