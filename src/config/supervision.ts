/** The part of the configuration that the supervisor of the workers needs. */
export interface Supervision {
  readonly workers: number;
  /** Milliseconds between the signal to stop and the end of the listening. */
  readonly stopDelay: number;
}

/**
 * Reads the variables of the supervisor without a library, which would take memory. Invalid values
 * become the defaults: `readConfig` reports them in the process that serves.
 */
export function readSupervision(
  env: Record<string, string | undefined> = process.env,
): Supervision {
  const natural = (text: string | undefined) => (/^\d{1,6}$/.test(text ?? '') ? Number(text) : 0);
  return {
    workers: Math.max(1, natural(env.WORKERS)),
    stopDelay: natural(env.STOP_DELAY_SECONDS) * 1000,
  };
}
