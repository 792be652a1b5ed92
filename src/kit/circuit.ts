import type { RequestHeaders } from './authorization-header.ts';
import type { Introspect } from './introspection.ts';
import { UnavailableError } from './unavailable.ts';

/** Conditions for not asking a failing server. */
export interface CircuitOptions {
  /**
   * Outages in a row after which it is not asked for a while; 5 by default. An outage is a failed
   * connection, a timeout or a status from 502 to 504. Other failures may be about one token, so
   * they do not count.
   */
  readonly failures: number;
  /** Seconds until the next try; 2 by default. After them one request tries for all others. */
  readonly seconds: number;
}

/**
 * Refuses at once while the server fails, so that a dead one does not cost each request a timeout.
 * One request at a time finds out whether it is back; as soon as one succeeds, all are let through.
 * @throws UnavailableError `circuit_open` without having asked
 */
export function withCircuit(introspect: Introspect, options: CircuitOptions): Introspect {
  let failures = 0;
  let lastFailure: unknown;
  let closedUntil = 0;
  let probing = false;

  const ask = async (token: string, incoming: RequestHeaders, probe: boolean) => {
    try {
      const reading = await introspect(token, incoming);
      failures = 0;
      return reading;
    } catch (error) {
      if (!(error instanceof UnavailableError && error.isOutage)) {
        // The server answered, whatever is wrong with this token.
        failures = 0;
        throw error;
      }
      failures += 1;
      lastFailure = error;
      // Those that were under way when the limit was reached do not prolong the pause.
      if (probe || failures === options.failures) {
        closedUntil = performance.now() + options.seconds * 1000;
      }
      throw error;
    } finally {
      if (probe) {
        probing = false;
      }
    }
  };

  return async (token, incoming) => {
    if (failures < options.failures) {
      return ask(token, incoming, false);
    }
    const wait = closedUntil - performance.now();
    if (wait > 0 || probing) {
      throw circuitOpen(wait, lastFailure);
    }
    probing = true;
    return ask(token, incoming, true);
  };
}

function circuitOpen(milliseconds: number, cause: unknown): UnavailableError {
  return new UnavailableError(
    'circuit_open',
    'The authorization server failed several times in a row, so it was not asked.',
    { cause, retryAfter: Math.max(1, Math.ceil(milliseconds / 1000)) },
  );
}
