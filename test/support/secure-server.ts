import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TestPlatform } from './factories.ts';
import { startPlatform } from './platform-server.ts';
import type { TestServer } from './server.ts';

/** A Stagedoor behind https, at its public URL. */
export interface SecureServer extends TestServer {
  readonly platform: TestPlatform;
  /** PEM file of the certificate, for programs that have to trust it. */
  readonly certificateFile: string;
}

/** Returns why https is impossible here; undefined if it is possible. */
export function whyNotSecure(): string | undefined {
  const missing = spawnSync('openssl', ['version']).status !== 0;
  return missing ? 'openssl is not installed, which makes the certificate' : undefined;
}

/**
 * Starts a server behind an https reverse proxy with a new certificate. This process trusts the
 * certificate, so that clients need no exception for test servers.
 */
export async function startSecureServer(): Promise<SecureServer> {
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-tls-'));
  // Programs of other users read the certificate.
  await chmod(folder, 0o755);
  const { certificateFile, keyFile } = makeCertificate(folder);
  const cert = readFileSync(certificateFile, 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), cert]);
  const sockets = new Set<Socket>();
  let upstream = 0;
  const proxy = createServer({ cert, key: readFileSync(keyFile, 'utf8') }, (incoming) => {
    const outgoing = connect(upstream, '127.0.0.1');
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    }
    incoming.pipe(outgoing).pipe(incoming);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const { server, platform } = await startPlatform({ ISSUER: `https://localhost:${port}` });
  upstream = server.config.port;
  const close = async () => {
    await server.close();
    for (const socket of sockets) {
      socket.destroy();
    }
    proxy.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...server, platform, certificateFile, close };
}

function makeCertificate(folder: string): { certificateFile: string; keyFile: string } {
  const certificateFile = join(folder, 'certificate.pem');
  const keyFile = join(folder, 'key.pem');
  const { status, stderr } = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-out', certificateFile, '-keyout', keyFile],
  ]);
  if (status !== 0) {
    throw new Error(`openssl made no certificate: ${stderr}`);
  }
  return { certificateFile, keyFile };
}
