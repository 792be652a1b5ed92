import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Contents of a certificate. */
export interface CertificateOptions {
  readonly name: string;
  readonly from: Date;
  readonly until: Date;
}

/**
 * Creates a self-signed certificate. Uses `openssl ca`, the only command that can create an expired
 * one in every version.
 * @param folder an empty directory
 */
export function makeCertificate(
  folder: string,
  { name, from, until }: CertificateOptions,
): { readonly cert: string; readonly key: string } {
  const path = (file: string) => join(folder, file);
  writeFileSync(path('index.txt'), '');
  writeFileSync(
    path('ca.cnf'),
    `[ca]\ndefault_ca=own\n[own]\ndatabase=${path('index.txt')}\nnew_certs_dir=${folder}\nrand_serial=yes\ndefault_md=sha256\npolicy=any\ncopy_extensions=copy\n[any]\ncommonName=supplied\n`,
  );
  openssl([
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    // Unique, because of two authorities with the same name OpenSSL uses only the first.
    ...['-subj', `/CN=Test ${randomUUID()}`, '-addext', `subjectAltName=DNS:${name}`],
    ...['-out', path('request.pem'), '-keyout', path('key.pem')],
  ]);
  openssl([
    ...['ca', '-batch', '-selfsign', '-config', path('ca.cnf'), '-keyfile', path('key.pem')],
    ...['-in', path('request.pem'), '-out', path('cert.pem'), '-notext'],
    ...['-startdate', timeOf(from), '-enddate', timeOf(until)],
  ]);
  return {
    cert: readFileSync(path('cert.pem'), 'utf8'),
    key: readFileSync(path('key.pem'), 'utf8'),
  };
}

/** Formats a time like OpenSSL: 20261231235959Z. */
function timeOf(moment: Date): string {
  return `${moment.toISOString().replace(/[-:T]|\..*$/g, '')}Z`;
}

function openssl(args: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', args);
  if (status !== 0) {
    throw new Error(`openssl ${args[0]} failed: ${stderr}`);
  }
}
