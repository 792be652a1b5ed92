/** What came of one check. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail' | 'skip';
  /** One sentence; never a secret. */
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** All is as it has to be. */
export function ok(check: string, message: string): Finding {
  return { check, state: 'ok', message };
}

/** It works, and deserves a look. */
export function warn(check: string, message: string, fix: string): Finding {
  return { check, state: 'warn', message, fix };
}

/** Something does not work. */
export function fail(check: string, message: string, fix: string): Finding {
  return { check, state: 'fail', message, fix };
}

/** It could not be looked at, for a reason that another finding gives. */
export function skip(check: string, message: string): Finding {
  return { check, state: 'skip', message };
}
