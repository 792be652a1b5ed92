import { isConnectionReset } from './unavailable.ts';

/**
 * Repeats a request whose connection was closed: an idle connection may belong to a server that has
 * been restarted since. Introspection changes nothing (RFC 7662), so that repeating it is safe.
 */
export async function retryOnce<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!isConnectionReset(error)) {
      throw error;
    }
    return ask();
  }
}
