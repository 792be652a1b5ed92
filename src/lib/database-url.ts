/** Values of `sslmode`: those of libpq, and that of node-postgres for no verification. */
const TLS_MODES = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
  'no-verify',
] as const;

type TlsMode = (typeof TLS_MODES)[number];

/** Parameters for TLS. Files hold PEM. */
const TLS_PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword'] as const;

/** A connection string for PostgreSQL, with its parameters for TLS apart. */
export interface DatabaseUrl {
  /** For node-postgres, which takes what is missing from `PGHOST`, `PGUSER` and the like. */
  readonly connectionString: string;
  /** The same for each server, if there are several. */
  readonly servers: readonly string[];
  /** Undefined if the URL says nothing about TLS. */
  readonly tlsMode: TlsMode | undefined;
  /** `system`: the certificate authorities of Node.js. */
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly keyPassword: string | undefined;
}

/** A connection string that can't be used. The message follows the name of the variable. */
export class DatabaseUrlError extends Error {}

/**
 * Reads a connection string as libpq does. Of several servers, only one that accepts writes is used.
 * @throws DatabaseUrlError
 * @see https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  // As people type passwords: a blank, or a % that begins no encoded character.
  const url = text.replaceAll(' ', '%20').replace(/%(?![0-9a-f]{2})/gi, '%25');
  const [, scheme, authority = '', path = '', query = '', fragment] =
    /^(postgres(?:ql)?:\/\/)([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/is.exec(url) ?? [];
  if (scheme === undefined) {
    throw new DatabaseUrlError('must begin with postgres:// or postgresql://');
  }
  const isCut = fragment !== undefined || path.includes('@') || /^[^=]*@|@[^&]*\//.test(query);
  if (isCut) {
    throw new DatabaseUrlError(
      'has a /, ? or # in its user name or password: write %2F, %3F or %23 instead',
    );
  }
  const at = authority.lastIndexOf('@') + 1;
  const authorities = authority
    .slice(at)
    .split(',')
    .map((host) => `${authority.slice(0, at)}${host}`);
  for (const one of authorities) {
    checkAuthority(one, authorities.length > 1);
  }
  const parameters = new URLSearchParams(query);
  const [mode, ...files] = TLS_PARAMETERS.map((name) => parameters.get(name) || undefined);
  checkTarget(parameters.get('target_session_attrs'), authorities.length > 1);
  for (const name of [...TLS_PARAMETERS, 'uselibpqcompat', 'target_session_attrs']) {
    parameters.delete(name);
  }
  const unknown = [...parameters.keys()].find((name) => /^ssl/i.test(name));
  if (unknown !== undefined) {
    throw new DatabaseUrlError(
      `has an unknown parameter ${unknown}: use ${TLS_PARAMETERS.join(', ')}`,
    );
  }
  const rest = parameters.size === 0 ? '' : `?${parameters}`;
  const [rootCertificate, certificate, key, keyPassword] = files;
  const tlsMode = checkTls(mode, { rootCertificate, certificate, key });
  const [connectionString = '', ...others] = authorities.map(
    (one) => `${scheme}${one}${path}${rest}`,
  );
  const servers = others.length > 0 ? [connectionString, ...others] : [];
  return { connectionString, servers, tlsMode, rootCertificate, certificate, key, keyPassword };
}

/** Values of `target_session_attrs` that fit a server that writes. */
const TARGETS = ['read-write', 'primary'];

function checkTarget(target: string | null, isOneOfSeveral: boolean): void {
  if (target !== null && !TARGETS.includes(target) && (isOneOfSeveral || target !== 'any')) {
    throw new DatabaseUrlError('has an unknown target_session_attrs: use read-write');
  }
}

function checkAuthority(authority: string, isOneOfSeveral: boolean): void {
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const [, port] = /:([^:\]]*)$/.exec(host) ?? [];
  if (host === '' && isOneOfSeveral) {
    throw new DatabaseUrlError(
      'has an empty host: write postgres://user:password@one,two/database',
    );
  }
  if (port !== undefined && port !== '' && !/^\d{1,5}$/.test(port)) {
    throw new DatabaseUrlError(
      host.startsWith('[') || host.split(':').length === 2
        ? 'has a port that is no number'
        : 'has an IPv6 address without brackets: write [::1]',
    );
  }
  if (!host.startsWith('[') && host.split(':').length > 2) {
    throw new DatabaseUrlError('has an IPv6 address without brackets: write [::1]');
  }
  try {
    decodeURIComponent(authority);
  } catch {
    throw new DatabaseUrlError('has a % sequence that is not UTF-8: write a % as %25');
  }
  if (host !== '' && !URL.canParse(`postgres://${authority}`)) {
    throw new DatabaseUrlError('is malformed: write postgres://user:password@host:5432/database');
  }
}

function checkTls(
  mode: string | undefined,
  files: Pick<DatabaseUrl, 'rootCertificate' | 'certificate' | 'key'>,
): TlsMode | undefined {
  const { rootCertificate, certificate, key } = files;
  const known = TLS_MODES.find((one) => one === mode);
  if (mode !== undefined && known === undefined) {
    throw new DatabaseUrlError(`has an unknown sslmode: use one of ${TLS_MODES.join(', ')}`);
  }
  if (known === 'verify-ca' && (rootCertificate ?? 'system') === 'system') {
    throw new DatabaseUrlError(
      'has sslmode=verify-ca without a file of certificate authorities: add sslrootcert, or use verify-full',
    );
  }
  if (rootCertificate === 'system' && known !== undefined && known !== 'verify-full') {
    throw new DatabaseUrlError(`has sslrootcert=system with sslmode=${known}: use verify-full`);
  }
  if ((certificate === undefined) !== (key === undefined)) {
    throw new DatabaseUrlError('needs both sslcert and sslkey for a client certificate');
  }
  return known ?? (rootCertificate || certificate ? 'verify-full' : undefined);
}
