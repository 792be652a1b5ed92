// Fixed names: a label of every path that anybody asks for would grow without end.
const EXACT: ReadonlyMap<string, string> = new Map([
  ['/api/v1/oauth/introspect', 'introspect'],
  ['/api/v1/oauth/changes', 'changes'],
  ['/api/v1/oauth/token', 'token'],
  ['/api/v1/oauth/revoke_token', 'revoke_token'],
  ['/api/v1/oauth/par', 'par'],
  ['/api/v1/oauth/leaked', 'leaked'],
  ['/api/v1/oauth/jwks', 'jwks'],
  ['/api/v1/oauth/register', 'register'],
  ['/api/v1/me', 'me'],
  ['/api/v1/organizers/', 'organizers'],
  ['/', 'landing'],
  ['/login', 'login'],
  ['/logout', 'logout'],
  ['/healthz', 'operations'],
  ['/readyz', 'operations'],
  ['/metrics', 'operations'],
]);

// The first that fits.
const PREFIXES = [
  // With what follows: an authorization request is taken up again below it.
  ['/api/v1/oauth/authorize', 'authorize'],
  ['/api/v1/oauth/', 'oauth'],
  ['/api/v1/', 'management'],
  ['/interaction/', 'interaction'],
  ['/account/', 'account'],
  ['/operator', 'console'],
  ['/.well-known/oauth-authorization-server', 'metadata'],
  ['/.well-known/openid-configuration', 'metadata'],
  ['/docs', 'docs'],
  ['/assets/', 'assets'],
] as const;

/** All groups. */
export const ROUTE_GROUPS: readonly string[] = [
  ...new Set([...EXACT.values(), ...PREFIXES.map(([, group]) => group), 'other']),
];

/** The group of a path, for metrics: an endpoint, or all pages of a kind. */
export function routeGroup(path: string): string {
  return EXACT.get(path) ?? PREFIXES.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'other';
}
