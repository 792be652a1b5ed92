import { isIP } from 'node:net';
import type { FetchSettings } from '../config/fetch-settings.ts';
import { refused } from './errors.ts';

const LONGEST = 2_048;
/** Names of hosts in the local network, or of no network that DNS knows (RFC 6761, RFC 6762). */
const LOCAL_SUFFIXES = ['localhost', 'localdomain', 'local', 'internal', 'home.arpa', 'onion'];
const NAME = /^(?=.{1,253}$)(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{1,63}$/;

/** An address that may be fetched if its host resolves to addresses that may be reached. */
export interface CheckedUrl {
  readonly url: URL;
  /** The operator allows the host whatever its addresses are. */
  readonly isPrivate: boolean;
}

/**
 * Checks the form of an address and its host, without looking anything up.
 * @param port the only one that hosts of others may name
 * @throws StagedoorError `fetch_refused`
 */
export function checkUrl(text: string, settings: FetchSettings, port: string): CheckedUrl {
  const url = text.length > LONGEST ? null : URL.parse(text);
  if (url === null) {
    throw refused('The address is no URL, or too long.');
  }
  if (url.username !== '' || url.password !== '' || text.includes('#')) {
    throw refused('The address must not have user information or a fragment.');
  }
  if (url.href !== text) {
    // Odd spellings that another parser could read as another host.
    throw refused(`The address must be written as ${url.href}`);
  }
  const host = url.hostname;
  if (includes(settings.fetchDenyHosts, host)) {
    throw refused(`The operator of this server does not allow ${host}.`);
  }
  if (settings.fetchPrivateHosts.includes(host) && /^https?:$/.test(url.protocol)) {
    return { url, isPrivate: true };
  }
  if (url.protocol !== 'https:') {
    throw refused('The address must begin with https.');
  }
  if (url.port !== port) {
    throw refused('The address must not name a port.');
  }
  if (!isPublicName(host)) {
    throw refused('The address must have the name of a host on the internet.');
  }
  if (settings.fetchAllowHosts.length > 0 && !includes(settings.fetchAllowHosts, host)) {
    throw refused(`The operator of this server has not allowed ${host}.`);
  }
  return { url, isPrivate: false };
}

/** Expects the form of `URL.hostname`, where IPv4 addresses in any notation are dotted decimals. */
function isPublicName(host: string): boolean {
  return isIP(host) === 0 && NAME.test(host) && !includes(LOCAL_SUFFIXES, host);
}

function includes(names: readonly string[], host: string): boolean {
  // A trailing dot names the same host.
  const name = host.replace(/\.$/, '');
  return names.some((one) => name === one || name.endsWith(`.${one}`));
}
