import { UnavailableError } from './unavailable.ts';

/** Reports to the service's operator why tokens cannot be verified. */
export interface Reporter {
  /** The server gave no usable answer: said each time, since it is not asked often then. */
  outage(error: UnavailableError): void;
  /**
   * Not the server's fault: a requirement that makes no sense, or a function in it that failed. It
   * may be so for each request, so it is said once a second at most.
   */
  misuse(cause: unknown): UnavailableError;
}

/** Milliseconds. */
const PAUSE = 1000;

/** Calls a function of the API service; one that throws or rejects changes nothing. */
export function notify<T>(callback: (value: T) => unknown, value: T): void {
  const called = async () => {
    await callback(value);
  };
  called().catch(() => undefined);
}

/** Reports to a function of the API service. */
export function createReporter(onUnavailable: (error: UnavailableError) => unknown): Reporter {
  let quietUntil = 0;
  const tell = (error: UnavailableError) => notify(onUnavailable, error);
  return {
    outage: tell,
    misuse: (cause) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `A request could not be decided: ${reason}`;
      const error = new UnavailableError('misconfigured', message, { cause });
      if (performance.now() >= quietUntil) {
        quietUntil = performance.now() + PAUSE;
        tell(error);
      }
      return error;
    },
  };
}
