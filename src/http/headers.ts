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

/** Forms whose script asks this server about what is typed. */
const ASKS_WHILE_TYPING = /^\/account\/applications\/(new|[^/]+\/edit)(\/preview)?\/?$/i;

/**
 * Pages and redirects of the flow keep the connection to the window that opened them: an application
 * that opened a popup waits there for the result.
 */
const FLOW = /^\/(interaction\/|login(\/|$)|api\/v1\/oauth\/authorize(\/|$))/i;

/**
 * Headers of every answer of this server, also of those that no middleware sees. HSTS speaks for the
 * issuer's host alone: hosts below it belong to the platform, which may need http for some of them,
 * and hosts beside it are out of reach of `includeSubDomains` anyway.
 */
export function headersOfEveryAnswer(issuer: string): Readonly<Record<string, string>> {
  return {
    'X-Content-Type-Options': 'nosniff',
    ...(issuer.startsWith('https:') ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
}

/** Sets the headers that keep browsers from doing what a page never asked for. */
export function securityHeaders(): Middleware {
  return async (ctx, next) => {
    ctx.set({
      'Content-Security-Policy': policyOf(ctx.path),
      'Referrer-Policy': 'no-referrer',
      'X-Frame-Options': 'DENY',
      ...(FLOW.test(ctx.path) ? {} : { 'Cross-Origin-Opener-Policy': 'same-origin' }),
      'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    });
    await next();
  };
}

function policyOf(path: string): string {
  return [
    CONTENT_SECURITY_POLICY,
    ...(LEADS_TO_APPLICATIONS.test(path) ? [] : ["form-action 'self'"]),
    ...(ASKS_WHILE_TYPING.test(path) ? ["connect-src 'self'"] : []),
  ].join('; ');
}
