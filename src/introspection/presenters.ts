import type { Introspection, LiveToken } from '../tokens/introspect.ts';

/**
 * Presents an introspection. An inactive token gets no other field.
 * @see RFC 7662 §2.2, RFC 9449 §6.2
 */
export function presentIntrospection(
  issuer: string,
  answer: Exclude<Introspection, { outcome: 'unauthenticated' }>,
): object {
  return answer.outcome === 'active'
    ? presentActive(issuer, answer.kind, answer.token)
    : { active: false };
}

function presentActive(issuer: string, kind: 'access_token' | 'refresh_token', token: LiveToken) {
  return {
    active: true,
    scope: token.scope,
    client_id: token.clientId,
    ...(kind === 'access_token' ? { token_type: token.jkt === undefined ? 'Bearer' : 'DPoP' } : {}),
    ...(token.jkt === undefined ? {} : { cnf: { jkt: token.jkt } }),
    exp: token.exp,
    iat: token.iat,
    expires_in: token.expiresIn,
    sub: token.userId,
    iss: issuer,
    grant: token.grant,
    organizers: token.organizers,
    permissions: Object.fromEntries(token.permissions),
    ...(token.eventPermissions.size === 0
      ? {}
      : { event_permissions: nestedObject(token.eventPermissions) }),
  };
}

/** Unlike an assignment, `fromEntries` makes own properties of all keys. */
function nestedObject(map: LiveToken['eventPermissions']): object {
  return Object.fromEntries([...map].map(([slug, byEvent]) => [slug, Object.fromEntries(byEvent)]));
}
