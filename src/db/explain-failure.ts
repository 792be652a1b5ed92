/** Cause of a failed connection, and the next step. Neither has a password. */
export interface Explanation {
  /** A sentence without its full stop. */
  readonly reason: string;
  readonly fix: string;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly error: object;
}

type Rule = readonly [
  applies: RegExp,
  explain: (failure: Failure) => Explanation,
  /** Required in the message as well. */
  message?: RegExp,
];

const CHECK = 'check DATABASE_URL';
const because = (reason: string, fix: string) => () => ({ reason, fix });
const quoting = (fix: string) => (failure: Failure) => ({ reason: failure.message, fix });

/** Explanations by error code of Node.js, OpenSSL or PostgreSQL; the first that applies counts. */
const RULES: readonly Rule[] = [
  [
    /^(ENOTFOUND|EAI_NONAME)$/,
    ({ error }) => ({
      reason: `the host ${field(error, 'hostname')} is unknown`,
      fix: `Correct the host in DATABASE_URL, or its DNS entry.`,
    }),
  ],
  [/^EAI_AGAIN$/, because('the name server does not answer', 'Check the DNS of this machine.')],
  [
    /^ENOENT$/,
    ({ error }) => ({
      reason: `there is no socket ${field(error, 'address')}`,
      fix: 'Start PostgreSQL, or name its unix_socket_directories and port in DATABASE_URL.',
    }),
  ],
  [
    /^EACCES$/,
    ({ error }) => ({
      reason: `this user may not open the socket ${field(error, 'address')}`,
      fix: 'Give it access to the folder, or connect by TCP.',
    }),
  ],
  [
    /^ECONNREFUSED$/,
    ({ error }) => ({
      reason: `nothing listens at ${place(error)} (ECONNREFUSED)`,
      fix: `Start PostgreSQL, and ${CHECK}: host and port; the server must listen on that address.`,
    }),
  ],
  [
    /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/,
    ({ code, error }) => ({
      reason: `${place(error)} does not answer (${code})`,
      fix: `Check firewall and network, and ${CHECK}: host and port.`,
    }),
  ],
  [
    /^28P01$/,
    quoting(
      `The role does not exist, or its password is another one: ${CHECK}; special characters of a password are percent-encoded.`,
    ),
  ],
  [
    /^28000$/,
    quoting('Create the role, or correct the user name in DATABASE_URL.'),
    /role .* does not exist/,
  ],
  [
    /^28000$/,
    quoting(
      'Add sslmode=verify-full to DATABASE_URL: the server may accept encrypted connections only.',
    ),
    /no pg_hba\.conf entry.*(no encryption|SSL off)/,
  ],
  [
    /^28000$/,
    quoting('Allow this address, user and database in pg_hba.conf of the server, and reload it.'),
    /pg_hba\.conf/,
  ],
  [
    /^28000$/,
    quoting('Add sslcert and sslkey, of a certificate for this role, to DATABASE_URL.'),
    /certificate/,
  ],
  [/^28/, quoting('Compare user and password in DATABASE_URL with pg_hba.conf of the server.')],
  [/^3D000$/, quoting('Create it with "createdb", or correct its name in DATABASE_URL.')],
  [/^42501$/, quoting('Grant the role CONNECT on the database.'), /database/],
  [
    /^53300$/,
    quoting(
      'Lower DATABASE_CONNECTIONS or the number of processes, raise max_connections, or use a pooler.',
    ),
  ],
  [/^57P0[123]$/, quoting('Wait until the server has started.')],
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_UNTRUSTED)$/,
    ({ code }) => ({
      reason: `the certificate of the server is from no trusted authority (${code})`,
      fix: 'Add sslrootcert with the file of its certificate authority to DATABASE_URL.',
    }),
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    ({ message }) => ({
      reason: `the certificate of the server is for another host: ${message}`,
      fix: 'Use a host name of the certificate in DATABASE_URL, or sslmode=verify-ca with a private authority.',
    }),
  ],
  [
    /^CERT_HAS_EXPIRED$/,
    because('the certificate of the server has expired', 'Renew it, and reload PostgreSQL.'),
  ],
  [
    /^CERT_NOT_YET_VALID$/,
    because(
      'the certificate of the server is not valid yet',
      'Check the clocks of this machine and of the server.',
    ),
  ],
  [
    /^ERR_(SSL|OSSL|TLS)_.*ALERT/,
    ({ code }) => ({
      reason: `the server refused the TLS connection (${code})`,
      fix: 'Check sslcert and sslkey in DATABASE_URL, and ssl_ca_file of the server.',
    }),
  ],
  [
    /^ERR_(SSL|OSSL|CRYPTO)_/,
    ({ code }) => ({
      reason: `sslcert, sslkey or sslrootcert can't be used (${code})`,
      fix: 'They have to be PEM files; the key of an encrypted file needs sslpassword.',
    }),
  ],
  [
    /^$/,
    because(
      'the server does not offer TLS',
      'Set ssl=on at the server, or sslmode=disable in DATABASE_URL if the network is private.',
    ),
    /does not support SSL/,
  ],
  [
    /^$/,
    because(
      'the server wants a password, and DATABASE_URL has none',
      'Write postgres://user:password@host/database, or set PGPASSWORD.',
    ),
    /password must be a/,
  ],
  [
    /^$/,
    because(
      'it does not answer in time',
      `Check firewall and network, and ${CHECK}: host and port.`,
    ),
    /timeout|timed out/i,
  ],
];

/** Explains why the database can't be reached, in one sentence each for the cause and the next step. */
export function explainFailure(error: unknown): Explanation {
  const failure = innermost(error);
  const rule = RULES.find(
    ([code, , message]) => code.test(failure.code) && (message?.test(failure.message) ?? true),
  );
  return (
    rule?.[1](failure) ?? {
      reason: failure.message || 'it does not answer',
      fix: 'Check DATABASE_URL, and that the server is up.',
    }
  );
}

/** A connection to a name with several addresses fails with an error for each. */
function innermost(error: unknown): Failure {
  if (!(error instanceof Error)) {
    return { code: '', message: '', error: {} };
  }
  if ('errors' in error && Array.isArray(error.errors) && error.errors[0] instanceof Error) {
    return innermost(error.errors[0]);
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, message: error.message, error };
}

function field(error: object, name: 'hostname' | 'address' | 'port'): string {
  const value: unknown = Object.entries(error).find(([key]) => key === name)?.[1];
  return value === undefined ? '' : String(value);
}

function place(error: object): string {
  const port = field(error, 'port');
  return `${field(error, 'address')}${port === '' ? '' : ` port ${port}`}`;
}
