import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Contents of a certificate. */
export interface CertificateOptions {
  readonly name: string;
  readonly from: Date;
  readonly until: Date;
  /** The common name; unique by default. */
  readonly subject?: string;
  /** Signs the certificate; without it, it signs itself. */
  readonly authority?: Certificate;
}

/** A certificate in PEM, with its key. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Their files. */
  readonly files: { readonly cert: string; readonly key: string };
}

/**
 * Creates a certificate, which can sign others if it signs itself. Uses `openssl ca`, the only command that can create an expired
 * one in every version.
 * @param folder an empty directory
 */
export function makeCertificate(
  folder: string,
  { name, from, until, subject, authority }: CertificateOptions,
): Certificate {
  const path = (file: string) => join(folder, file);
  writeFileSync(path('index.txt'), '');
  writeFileSync(
    path('ca.cnf'),
    `[ca]\ndefault_ca=own\n[own]\ndatabase=${path('index.txt')}\nnew_certs_dir=${folder}\nrand_serial=yes\ndefault_md=sha256\npolicy=any\ncopy_extensions=copy\n[any]\ncommonName=supplied\n`,
  );
  openssl([
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    // Unique, because of two authorities with the same name OpenSSL uses only the first.
    ...['-subj', `/CN=${subject ?? `Test ${randomUUID()}`}`],
    ...['-addext', `subjectAltName=DNS:${name}`],
    ...(authority === undefined ? ['-addext', 'basicConstraints=critical,CA:TRUE'] : []),
    ...['-out', path('request.pem'), '-keyout', path('key.pem')],
  ]);
  openssl([
    ...['ca', '-batch', '-config', path('ca.cnf')],
    ...(authority === undefined
      ? ['-selfsign', '-keyfile', path('key.pem')]
      : ['-cert', authority.files.cert, '-keyfile', authority.files.key]),
    ...['-in', path('request.pem'), '-out', path('cert.pem'), '-notext'],
    ...['-startdate', timeOf(from), '-enddate', timeOf(until)],
  ]);
  const files = { cert: path('cert.pem'), key: path('key.pem') };
  return {
    cert: readFileSync(files.cert, 'utf8'),
    key: readFileSync(files.key, 'utf8'),
    files,
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
