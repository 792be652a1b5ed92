import type { Introspection, LiveToken } from '../tokens/introspect.ts';

/**
 * Presents an introspection as JSON. An inactive token gets no other field.
 * @see RFC 7662 §2.2, RFC 9449 §6.2
 */
export function presentIntrospection(
  issuer: string,
  answer: Exclude<Introspection, { outcome: 'unauthenticated' }>,
): string {
  if (answer.outcome === 'inactive') {
    return '{"active":false}';
  }
  const fields = JSON.stringify(presentActive(issuer, answer.kind, answer.token));
  const { eventPermissions } = answer.token;
  return eventPermissions.size === 0
    ? fields
    : `${fields.slice(0, -1)},"event_permissions":${presentEvents(eventPermissions)}}`;
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
    ...(token.audience === undefined ? {} : { aud: token.audience }),
    grant: token.grant,
    organizers: token.organizers,
    permissions: Object.fromEntries(token.permissions),
  };
}

/**
 * Writes `{slug: {event: [permission…]}}`. Hundreds of events as keys of an object would cost several
 * times the rest of the answer.
 */
function presentEvents(eventPermissions: LiveToken['eventPermissions']): string {
  const organizers = [...eventPermissions].map(([slug, groups]) => {
    const entries = groups.map(({ events, permissions }) => {
      const value = JSON.stringify(permissions);
      // Characters of slugs need no escapes in JSON.
      return `"${events.join(`":${value},"`)}":${value}`;
    });
    return `${JSON.stringify(slug)}:{${entries.join()}}`;
  });
  return `{${organizers.join()}}`;
}
