import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** An Apache in front of an API service. */
export interface Apache {
  readonly url: string;
  close(): Promise<void>;
}

/** Options for starting Apache. */
export interface ApacheOptions {
  /** The tested part of its configuration. */
  readonly configuration: string;
  /** Variables of the configuration, used as `${NAME}`. */
  readonly variables: Readonly<Record<string, string>>;
  /** PEM file of the certificate to trust. */
  readonly certificateFile: string;
  /** URL to which accepted requests are forwarded. */
  readonly backend: string;
}

const PROGRAM = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';
const NAMES = ['mpm_event', 'authn_core', 'authz_core', 'headers', 'proxy', 'proxy_http'];
const START_SECONDS = 30;

/** Returns why Apache can't run here; undefined if it can. */
export function whyNoApache(): string | undefined {
  const needed = [PROGRAM, `${MODULES}/mod_auth_openidc.so`];
  return needed.every((file) => existsSync(file))
    ? undefined
    : 'Debian’s libapache2-mod-auth-openidc is not installed';
}

/** Starts an Apache as a child process, without the machine's own configuration. */
export async function startApache(options: ApacheOptions): Promise<Apache> {
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-apache-'));
  // Apache's workers run as another user if the test runs as root.
  await chmod(folder, 0o755);
  const port = await freePort();
  const file = join(folder, 'apache.conf');
  await writeFile(file, configure(folder, port, options));
  const child = spawn(PROGRAM, ['-f', file, '-D', 'FOREGROUND'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH ?? '', TMPDIR: folder, ...options.variables },
  });
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = `http://127.0.0.1:${port}`;
    await answers(url, child);
    return { url, close };
  } catch (error) {
    const log = await readFile(join(folder, 'error.log'), 'utf8').catch(() => '');
    await close();
    throw new Error(`Apache does not respond. ${log}`, { cause: error });
  }
}

function configure(folder: string, port: number, options: ApacheOptions): string {
  const modules = [...NAMES, 'auth_openidc'].map(
    (name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`,
  );
  return `
ServerName localhost
ServerRoot ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
Listen 127.0.0.1:${port}
StartServers 1
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
${modules.join('\n')}
OIDCCABundlePath ${options.certificateFile}
ProxyPass / ${options.backend}/
${options.configuration}
`;
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + START_SECONDS * 1000;
  while (Date.now() < end && child.exitCode === null) {
    const response = await fetch(url).catch(() => undefined);
    if (response !== undefined) {
      await response.body?.cancel();
      return;
    }
    await sleep(50);
  }
  throw new Error(`Its exit code is ${child.exitCode}.`);
}
