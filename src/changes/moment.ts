/** A moment by both clocks of this machine. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** Reads the clocks. */
export function now(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

/**
 * Returns the milliseconds since a moment, rather too many than too few: the monotonic clock stands
 * still while a machine is suspended, the other one may be set back.
 */
export function ageOf({ monotonic, wall }: Moment): number {
  return Math.ceil(Math.max(performance.now() - monotonic, Date.now() - wall));
}
