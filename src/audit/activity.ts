/**
 * What a user's log is filtered by, with the pattern of the actions that belong there: the same to
 * PostgreSQL and to JavaScript. An action that is new finds its kind by its name.
 */
export const ACTIVITY_KINDS = {
  authorizations: '^stagedoor\\.user\\.oauth\\.',
  sign_ins: '^stagedoor\\.user\\.(signed_|sign_in_)',
  account: '^stagedoor\\.(directory|user\\.(?!oauth\\.|signed_|sign_in_))',
  applications: '^stagedoor\\.application\\.',
} as const;

/** One of them. */
export type ActivityKind = keyof typeof ACTIVITY_KINDS;

/** Whether `value` is the name of a kind. */
export function isActivityKind(value: unknown): value is ActivityKind {
  return typeof value === 'string' && Object.hasOwn(ACTIVITY_KINDS, value);
}

/** An entry of a user's log as it was kept; a newer version may write actions that this one does not know. */
export interface ActivityEntry {
  readonly id: string;
  readonly action: string;
  readonly actor: string;
  readonly happenedAt: Date;
  readonly clientId: string | null;
  readonly grantId: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An application that occurs in a user's log, by the name that it had there last. */
export interface ActivityApplication {
  readonly clientId: string;
  readonly name: string;
}

/** Which entries of a user's log, the newest first. What is undefined does not narrow. */
export interface ActivitySlice {
  readonly userId: string;
  readonly kind?: ActivityKind | undefined;
  readonly clientId?: string | undefined;
  /** Only what is older than this entry. */
  readonly beforeId?: string | undefined;
  readonly limit: number;
  readonly offset?: number;
}
