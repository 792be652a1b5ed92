import { words } from './variables.ts';

/** Schemes that no setting allows: browsers run, read or open what they name. */
const FORBIDDEN: ReadonlySet<string> = new Set([
  'about',
  'blob',
  'chrome',
  'chrome-extension',
  'data',
  'file',
  'filesystem',
  'ftp',
  'http',
  'https',
  'intent',
  'javascript',
  'mailto',
  'moz-extension',
  'resource',
  'sms',
  'tel',
  'urn',
  'vbscript',
  'view-source',
  'ws',
  'wss',
]);

/** `CUSTOM_SCHEMES`: private-use schemes without a dot that redirect URIs may have. */
export const customSchemes = words
  .refine(
    (schemes) =>
      schemes.every((scheme) => /^[a-z][a-z0-9+-]{0,63}$/.test(scheme) && !FORBIDDEN.has(scheme)),
    'must hold private-use schemes in lower case, such as myapp, and none that browsers know',
  )
  .default([]);
