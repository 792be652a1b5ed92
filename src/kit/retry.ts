import { isConnectionReset } from './unavailable.ts';

/**
 * Asks once more where the connection broke: one that was kept open belongs to a server that may
 * have been restarted since. To ask twice does no harm (RFC 7662 changes nothing).
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
