import type { z } from 'zod';
import { words } from './variables.ts';

/** Hosts that the fetcher of documents may and may not reach. */
export type FetchSettings = Readonly<
  Record<keyof ReturnType<typeof fetchSettings>, readonly string[]>
>;

/** As `URL.hostname` writes them, so that equal hosts are equal texts. */
const hosts = words
  .refine(
    (names) =>
      names.every((name) => URL.parse(`http://${name}`)?.hostname === name && !name.includes('*')),
    'must hold host names in lower case, without scheme, port and path, separated by commas',
  )
  .default([]);

/** The variables of these settings. */
export const fetchVariables = {
  FETCH_PRIVATE_HOSTS: hosts,
  FETCH_ALLOW_HOSTS: hosts,
  FETCH_DENY_HOSTS: hosts,
};

export function fetchSettings(vars: z.infer<z.ZodObject<typeof fetchVariables>>) {
  return {
    /** Hosts that may have internal addresses, any port, and http. */
    fetchPrivateHosts: vars.FETCH_PRIVATE_HOSTS,
    /** If not empty, other hosts are refused. Each name includes its subdomains. */
    fetchAllowHosts: vars.FETCH_ALLOW_HOSTS,
    /** Refused, also if allowed above. Each name includes its subdomains. */
    fetchDenyHosts: vars.FETCH_DENY_HOSTS,
  };
}
