const HOSTS = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * Checks for a host that stays on this machine, where nothing can listen in between. Expects the
 * form of `URL.hostname`.
 * @see RFC 8252 §7.3
 */
export function isLoopbackHost(hostname: string): boolean {
  return HOSTS.includes(hostname);
}
