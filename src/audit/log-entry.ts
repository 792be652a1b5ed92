/** An entry of the log, as operators read it. */
export interface LogEntry {
  readonly id: string;
  readonly happenedAt: Date;
  /** One of `AuditAction`, or of a later version of this server. */
  readonly action: string;
  readonly actor: string;
  /** User in whose log it is listed. */
  readonly userId: string | null;
  readonly clientId: string | null;
  readonly grantId: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Filters of the list of entries; an undefined one matches all. */
export interface LogFilters {
  readonly userId?: string | undefined;
  readonly action?: string | undefined;
  /** Only what happened then or later. */
  readonly since?: Date | undefined;
}

/** Tests if `value` may be the name of an action. */
export function isAction(value: string): boolean {
  return /^stagedoor\.[a-z_.]+$/.test(value) && value.length <= 100;
}
