/** Result of a check. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warn' | 'fail' | 'skip';
  /** One sentence; never a secret. */
  readonly message: string;
  /** Suggested fix. */
  readonly fix?: string;
}

/** Passed. */
export function ok(check: string, message: string): Finding {
  return { check, state: 'ok', message };
}

/** Works, but should be looked at. */
export function warn(check: string, message: string, fix: string): Finding {
  return { check, state: 'warn', message, fix };
}

/** Does not work. */
export function fail(check: string, message: string, fix: string): Finding {
  return { check, state: 'fail', message, fix };
}

/** Not checked; another finding has the reason. */
export function skip(check: string, message: string): Finding {
  return { check, state: 'skip', message };
}
