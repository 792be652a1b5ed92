/** Seconds since 1970 to a Date. oidc-provider counts in whole seconds. */
export function fromEpoch(seconds: number): Date {
  return new Date(seconds * 1000);
}

/** A Date to whole seconds since 1970. */
export function toEpoch(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

/** Now, in whole seconds since 1970. */
export function nowEpoch(): number {
  return toEpoch(new Date());
}
