import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { translator } from '../../http/translate.ts';
import { quote, withoutUnprintable } from '../../lib/printable.ts';
import { visibleLine } from '../../lib/visible-text.ts';
import { checkRedirectUri, REDIRECT_URI_LIMIT } from '../redirect-uri.ts';
import { NAMELESS } from '../safe-name.ts';
import type { ApplicationText } from '../texts.ts';
import { clientName } from '../wire.ts';
import type { DynamicClient } from './client-ids.ts';

/** Error codes of dynamic registration. @see RFC 7591 §3.2.2 */
export type RegistrationErrorCode = 'invalid_redirect_uri' | 'invalid_client_metadata';

/** A registration that is refused. Answered with 400 and the code. */
export class RegistrationRefusedError extends Error {
  readonly error: RegistrationErrorCode;
  readonly status = 400;
  readonly expose = true;

  constructor(error: RegistrationErrorCode, message: string) {
    super(message);
    this.name = 'RegistrationRefusedError';
    this.error = error;
  }
}

/** Settings that a registration depends on. */
export type RegistrationSettings = Pick<Config, 'dynamicRegistration' | 'customSchemes' | 'scopes'>;

/** A registration, as far as this server has what the program asks for. */
export interface RegistrationRequest {
  readonly client: DynamicClient;
  /** As they were sent, with ports. */
  readonly redirectUris: readonly string[];
  /** Scopes that the program named and that exist; undefined if it named none. */
  readonly scope: string | undefined;
}

/** Characters of a name, since the client ID contains it. */
const NAME_LIMIT = 60;
const LOOPBACK_PORT = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)):\d+/;

const body = z.object({
  redirect_uris: z.array(z.string()).min(1).max(REDIRECT_URI_LIMIT),
  client_name: z.string().default(''),
  grant_types: z.array(z.string()).default(['authorization_code']),
  response_types: z.array(z.string()).default(['code']),
  scope: z.string().optional(),
});

/**
 * Reads a registration. Lists are filtered to what this server has. Fields that nobody could vouch
 * for (links, logo, contacts, software statement) are ignored, and so is the method of client
 * authentication: there is no secret.
 * @throws RegistrationRefusedError if nothing of a list is left
 * @see RFC 7591 §2, §3.2.1
 */
export function readRegistration(
  settings: RegistrationSettings,
  json: unknown,
): RegistrationRequest {
  const { data, error } = body.safeParse(json);
  if (data === undefined) {
    const [issue] = error.issues;
    const field = String(issue?.path[0] ?? 'the body');
    throw new RegistrationRefusedError(
      field === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata',
      `${field}: ${issue?.message}`,
    );
  }
  if (!data.grant_types.includes('authorization_code') || !data.response_types.includes('code')) {
    const message =
      'This server has the grant type authorization_code with response type code only.';
    throw new RegistrationRefusedError('invalid_client_metadata', message);
  }
  const redirectUris = acceptedUris(settings, data.redirect_uris);
  const registered = redirectUris.map((uri) => uri.replace(LOOPBACK_PORT, '$1'));
  return {
    client: { name: readName(data.client_name), redirectUris: [...new Set(registered)].sort() },
    redirectUris,
    scope: data.scope === undefined ? undefined : knownScopes(settings, data.scope),
  };
}

/** @throws RegistrationRefusedError with the reason of the first one, if none is accepted */
function acceptedUris(settings: RegistrationSettings, uris: readonly string[]): readonly string[] {
  const accepted = uris.filter((uri) => isAccepted(settings, uri));
  const [first = ''] = uris;
  if (accepted.length === 0) {
    const message = `redirect_uris: ${quote(first)}: ${reasonAgainst(settings, first)}`;
    throw new RegistrationRefusedError('invalid_redirect_uri', message);
  }
  return accepted;
}

/** Tests if a program may register a redirect URI. */
export function isAccepted(settings: RegistrationSettings, uri: string): boolean {
  return reasonAgainst(settings, uri) === undefined;
}

function reasonAgainst(
  { dynamicRegistration, customSchemes }: RegistrationSettings,
  uri: string,
): string | undefined {
  if (dynamicRegistration === 'off') {
    return 'programs cannot register themselves here.';
  }
  if (dynamicRegistration === 'native' && /^https:/i.test(uri)) {
    return 'only loopback addresses and private-use schemes are accepted here.';
  }
  const problem = checkRedirectUri(uri, 'public', customSchemes);
  const t = translator<ApplicationText>('en');
  return problem && t(`redirect_uri.${problem.code}`, problem.params);
}

/** @throws RegistrationRefusedError if a name is unreadable */
function readName(sent: string): string {
  const line = visibleLine(withoutUnprintable(sent));
  const short = [...line].slice(0, NAME_LIMIT).join('').trim();
  const { data: name } = clientName.safeParse(short === '' ? NAMELESS : short);
  if (name === undefined) {
    throw new RegistrationRefusedError('invalid_client_metadata', 'client_name is not readable.');
  }
  return name;
}

function knownScopes({ scopes }: RegistrationSettings, sent: string): string {
  const words = new Set(sent.split(/\s+/));
  return scopes.flatMap(({ name }) => (words.has(name) ? [name] : [])).join(' ');
}
