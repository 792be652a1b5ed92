/**
 * A moment by both clocks of this machine. The monotonic one stands still while a machine is suspended,
 * the other one may be set: a moment has come when either says so.
 */
export interface Moment {
  /** Milliseconds of `performance.now()`. */
  readonly monotonic: number;
  /** Milliseconds of `Date.now()`. */
  readonly wall: number;
}

export const LONG_AGO: Moment = { monotonic: Number.NEGATIVE_INFINITY, wall: 0 };

export function now(): Moment {
  return { monotonic: performance.now(), wall: Date.now() };
}

export function later({ monotonic, wall }: Moment, milliseconds: number): Moment {
  return { monotonic: monotonic + milliseconds, wall: wall + milliseconds };
}

/** Returns the milliseconds until a moment; 0 or less if it has come. */
export function millisecondsUntil({ monotonic, wall }: Moment): number {
  return Math.min(monotonic - performance.now(), wall - Date.now());
}
