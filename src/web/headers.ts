import type { Middleware } from 'koa';

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Chrome applies `form-action` to the redirects after a form post, too. On these pages the chain
 * ends at the application, whose address can't be known beforehand, so they go without.
 */
const LEADS_TO_APPLICATIONS = /^\/(interaction\/|login\/?$|api\/v1\/oauth\/authorize(\/|$))/i;

/** Sets the headers that keep browsers from doing what a page never asked for. */
export function securityHeaders(options: { readonly issuer: string }): Middleware {
  const https = options.issuer.startsWith('https:');
  return async (ctx, next) => {
    ctx.set({
      'Content-Security-Policy': LEADS_TO_APPLICATIONS.test(ctx.path)
        ? CONTENT_SECURITY_POLICY
        : `${CONTENT_SECURITY_POLICY}; form-action 'self'`,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'X-Frame-Options': 'DENY',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      ...(https ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
    });
    await next();
  };
}
