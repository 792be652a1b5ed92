/** Of every cookie of the flow. `secure` follows the issuer's scheme, see `web/own-url.ts`. */
export const COOKIE_OPTIONS = {
  httpOnly: true,
  sameSite: 'lax',
  signed: true,
  overwrite: true,
  path: '/',
} as const;
