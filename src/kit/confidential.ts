/**
 * Every URL passes here before it is asked, so the library's own check for https is off: that one
 * would refuse a server on this machine.
 * @throws TypeError when the credentials, or the keys that answers are checked with, would travel
 * unencrypted
 */
export function assertConfidential(url: URL): void {
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    throw new TypeError(`${url.origin} must use https: the client secret is not safe there.`);
  }
}
