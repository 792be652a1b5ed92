import { z } from 'zod';

/** Hosts that the fetcher of documents may and may not reach. */
export interface FetchSettings {
  /** Hosts that may have internal addresses, any port, and http. */
  readonly fetchPrivateHosts: readonly string[];
  /** If not empty, other hosts are refused. Each name includes its subdomains. */
  readonly fetchAllowHosts: readonly string[];
  /** Refused, also if allowed above. Each name includes its subdomains. */
  readonly fetchDenyHosts: readonly string[];
}

/** As `URL.hostname` writes them, so that equal hosts are equal texts. */
const hosts = z
  .string()
  .transform((value) => value.split(/[\s,]+/).filter((word) => word !== ''))
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

/** Returns the settings. */
export function fetchSettings(vars: {
  FETCH_PRIVATE_HOSTS: readonly string[];
  FETCH_ALLOW_HOSTS: readonly string[];
  FETCH_DENY_HOSTS: readonly string[];
}): FetchSettings {
  return {
    fetchPrivateHosts: vars.FETCH_PRIVATE_HOSTS,
    fetchAllowHosts: vars.FETCH_ALLOW_HOSTS,
    fetchDenyHosts: vars.FETCH_DENY_HOSTS,
  };
}
