import type { MessageParams } from '../http/translate.ts';
import type { ActivityText } from './texts.ts';

/** What the page of the activity log is given. Keys are file names in `views/`. */
export interface ActivityViews {
  'activity/activity': ActivityProps;
}

/** A user's own log. */
export interface ActivityProps {
  readonly entries: readonly ActivityEntryProps[];
  /** What the log can be filtered by, and is. Values are empty where they do not narrow. */
  readonly filter: {
    readonly action: string;
    readonly applications: readonly OptionProps[];
    readonly kinds: readonly OptionProps[];
    readonly narrows: boolean;
  };
  /** Why there are no entries, where there are none. */
  readonly empty: 'page' | 'filtered' | 'log';
  /** Where the newest entries are. */
  readonly newest: string;
  readonly newer: string | undefined;
  readonly older: string | undefined;
  readonly download: string;
  /** 0: for ever. */
  readonly keptDays: number;
  /** IANA name; an unknown one is shown as UTC. */
  readonly timezone: string;
}

/** A choice of a select. */
export interface OptionProps {
  readonly value: string;
  readonly name: string;
  readonly selected: boolean;
}

/** An entry, told as a sentence. */
export interface ActivityEntryProps {
  readonly message: ActivityText;
  /** What stands in the message; names come from strangers, so they are isolated. */
  readonly params: MessageParams;
  readonly happenedAt: Date;
  /** Who, in words, where it was not the user. */
  readonly by: string | undefined;
  /** In words. */
  readonly device: string | undefined;
  readonly address: string | undefined;
  readonly details: readonly DetailProps[];
  /** Until when the access lasts, where that was changed. */
  readonly endsAt: Date | undefined;
}

/** What exactly, under a label. */
export interface DetailProps {
  readonly label: string;
  readonly items: readonly string[];
}
