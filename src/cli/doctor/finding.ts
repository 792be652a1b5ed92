/** What came of one check. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail' | 'skip';
  /** One sentence; never a secret. */
  readonly says: string;
  /** What to do about it. */
  readonly mend?: string;
}

/** All is as it has to be. */
export function ok(check: string, says: string): Finding {
  return { check, state: 'ok', says };
}

/** It works, and deserves a look. */
export function warn(check: string, says: string, mend: string): Finding {
  return { check, state: 'warn', says, mend };
}

/** Something does not work. */
export function fail(check: string, says: string, mend: string): Finding {
  return { check, state: 'fail', says, mend };
}

/** It could not be looked at, for a reason that another finding gives. */
export function skip(check: string, says: string): Finding {
  return { check, state: 'skip', says };
}
