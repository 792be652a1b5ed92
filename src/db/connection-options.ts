import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import pg from 'pg';
import { type DatabaseUrl, parseDatabaseUrl } from '../lib/database-url.ts';
import { StagedoorError } from '../lib/errors.ts';
import { isLoopbackHost } from '../lib/loopback.ts';
import { createServerChoice } from './choose-server.ts';
import type { PreparingClientOptions } from './preparing-client.ts';

/** Modes in which a connection can be without TLS. */
const OPTIONAL: ReadonlySet<DatabaseUrl['tlsMode']> = new Set(['disable', 'allow', 'prefer']);
/** Milliseconds in which a server has to say if it offers TLS. */
const PATIENCE = 5_000;
/** Message SSLRequest of the protocol: its length and the code 80877103. */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Returns the options of node-postgres for a connection string. `sslmode` means what it means to
 * libpq, psql and other programs; node-postgres would verify the certificate in most modes.
 * @throws StagedoorError `configuration_invalid` for a file that can't be read
 * @see https://www.postgresql.org/docs/current/libpq-ssl.html
 */
export async function connectionOptions(
  url: string,
): Promise<Pick<PreparingClientOptions, 'connectionString' | 'ssl' | 'chooseServer'>> {
  const parsed = parseDatabaseUrl(url);
  const { connectionString, servers } = parsed;
  const { host, port } = new pg.Client({ connectionString });
  // No server offers TLS on a UNIX socket, so libpq ignores the mode there.
  const ssl = host.startsWith('/') ? false : await tlsOptions(parsed, host, port);
  const tls = ssl === undefined ? {} : { ssl };
  const all = servers.map((server) => ({ connectionString: server, ...tls }));
  return {
    connectionString,
    ...tls,
    ...(all.length > 1 ? { chooseServer: createServerChoice(all) } : {}),
  };
}

/** Returns hosts, ports and name of a database, without user, password and parameters. */
export function describeServer(url: string): string {
  const clients = clientsOf(url);
  const addresses = clients.map(({ host, port }) => {
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  });
  return `${addresses.join(',')}/${clients[0]?.database ?? ''}`;
}

/** Returns an unconnected client for each server of a connection string. */
function clientsOf(url: string): pg.Client[] {
  const { connectionString, servers } = parseDatabaseUrl(url);
  const all = servers.length > 0 ? servers : [connectionString];
  return all.map((server) => new pg.Client({ connectionString: server }));
}

/** Reason for which somebody could read or redirect a connection. */
type Weakness = 'unencrypted' | 'seldom_encrypted' | 'unverified';

/** Finds out if somebody could read or redirect a connection; undefined if nobody can. */
export function findWeakness(url: string): Weakness | undefined {
  const parsed = parseDatabaseUrl(url);
  const found = clientsOf(url).map((client) => weaknessOf(parsed, client));
  return found.find((weakness) => weakness !== undefined);
}

function weaknessOf(parsed: DatabaseUrl, { host, ssl }: pg.Client): Weakness | undefined {
  const { tlsMode } = parsed;
  if (host.startsWith('/')) {
    return undefined;
  }
  if (tlsMode === undefined || OPTIONAL.has(tlsMode)) {
    const isLocal = isLoopbackHost(host.includes(':') ? `[${host}]` : host);
    const isSafe = isLocal || (tlsMode === undefined && ssl);
    const isOptional = tlsMode === 'allow' || tlsMode === 'prefer';
    return isSafe ? undefined : isOptional ? 'seldom_encrypted' : 'unencrypted';
  }
  return isUnverified(parsed) ? 'unverified' : undefined;
}

/** Tests if TLS, where it is used, does not verify the certificate. */
function isUnverified({ tlsMode, rootCertificate }: DatabaseUrl): boolean {
  const verifies =
    tlsMode === 'verify-ca' ||
    tlsMode === 'verify-full' ||
    (tlsMode === 'require' && rootCertificate !== undefined);
  return !verifies;
}

async function tlsOptions(
  parsed: DatabaseUrl,
  host: string,
  port: number,
): Promise<false | ConnectionOptions | undefined> {
  const { tlsMode, rootCertificate } = parsed;
  const isOptional = tlsMode === 'allow' || tlsMode === 'prefer';
  if (tlsMode === 'disable' || (isOptional && !(await offersTls(host, port)))) {
    return false;
  }
  if (tlsMode === undefined) {
    return undefined;
  }
  const own = await ownCertificate(parsed);
  if (isUnverified(parsed)) {
    return { ...own, rejectUnauthorized: false };
  }
  if (rootCertificate === undefined || rootCertificate === 'system') {
    return own;
  }
  const ca = await read('sslrootcert', rootCertificate);
  const isForAnyHost = tlsMode === 'verify-ca' || tlsMode === 'require';
  return { ...own, ca, ...(isForAnyHost ? { checkServerIdentity: () => undefined } : {}) };
}

async function ownCertificate({
  certificate,
  key,
  keyPassword,
}: DatabaseUrl): Promise<ConnectionOptions> {
  if (certificate === undefined || key === undefined) {
    return {};
  }
  return {
    cert: await read('sslcert', certificate),
    key: await read('sslkey', key),
    ...(keyPassword === undefined ? {} : { passphrase: keyPassword }),
  };
}

async function read(parameter: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error';
    throw new StagedoorError(
      'configuration_invalid',
      `DATABASE_URL names ${file} as ${parameter}, which can't be read (${reason}).`,
      { cause },
    );
  }
}

/** Asks the server if it offers TLS; true as well if it does not answer: the connection says why. */
async function offersTls(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port, timeout: PATIENCE }, () => socket.write(TLS_REQUEST));
  socket.once('data', (answer) => resolve(answer[0] !== 'N'.charCodeAt(0)));
  for (const event of ['error', 'timeout', 'close']) {
    socket.once(event, () => resolve(true));
  }
  const offered = await promise;
  socket.destroy();
  return offered;
}
