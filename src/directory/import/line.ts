import type { FieldErrors } from '../../lib/errors.ts';
import type { UserInput } from '../../users/user.ts';
import type { Organizer } from '../organizer.ts';
import type { PutOutcome } from '../put-outcome.ts';
import type { TeamInput } from '../team.ts';

/** Requested state of an import line. */
export type ImportItem =
  | { readonly kind: 'user'; readonly id: string; readonly input: UserInput }
  | {
      readonly kind: 'organizer';
      readonly slug: string;
      readonly input: Omit<Organizer, 'slug'>;
    }
  | {
      readonly kind: 'team';
      readonly organizer: string;
      readonly id: string;
      readonly input: TeamInput;
    };

/** Refusal of a line: errors by field, or a sentence. */
export type Refusal = { readonly errors: FieldErrors } | { readonly detail: string };

/** A line of an import as it was read. */
export interface BulkLine {
  /** From 1 on. */
  readonly number: number;
  /** Whom or what it names, as far as that could be read. */
  readonly subject: Subject;
  readonly item: ImportItem | Refusal;
}

/** `user`, `organizer`, or `organizer` and `team`, as the report repeats them. */
export interface Subject {
  readonly user?: string;
  readonly organizer?: string;
  readonly team?: string;
}

export type LineResult =
  | { readonly outcome: PutOutcome }
  | ({ readonly outcome: 'refused' } & Refusal);

/** A line with what became of it. */
export interface DoneLine {
  readonly line: BulkLine;
  readonly result: LineResult;
}

/** Number of lines by result. */
export type Tally = Record<PutOutcome | 'refused', number>;
