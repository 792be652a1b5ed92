import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificate } from './certificate.ts';

/** The reason to skip tests that need haproxy; false if it is installed. */
export const whyNoHaproxy: string | false =
  spawnSync('haproxy', ['-v']).status === 0 ? false : 'haproxy is not installed';

/** A running haproxy. */
export interface Haproxy {
  /** Its warnings, such as servers that are down. */
  output(): string;
  close(): Promise<void>;
}

/** Addresses of a haproxy and its two servers, which are on 127.0.0.1. */
export interface HaproxyOptions {
  /** An empty folder. */
  readonly folder: string;
  readonly certificate: Certificate;
  readonly port: number;
  readonly servers: readonly [number, number];
}

/** Starts haproxy with the configuration of docs/operations.md; only ports and certificate differ. */
export async function startHaproxy(options: HaproxyOptions): Promise<Haproxy> {
  const { folder, certificate } = options;
  const [pem, config] = [join(folder, 'site.pem'), join(folder, 'haproxy.cfg')];
  await writeFile(pem, certificate.cert + certificate.key);
  await writeFile(config, configurationOf(options, pem));
  const child = spawn('haproxy', ['-db', '-f', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += String(text);
    });
  }
  return {
    output: () => output,
    close: async () => {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'close');
      }
    },
  };
}

function configurationOf({ port, servers }: HaproxyOptions, pem: string): string {
  const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  const [, documented = ''] = /\nhaproxy:\n\n```\n(.*?)```/s.exec(page) ?? [];
  const replacements = {
    ':443': `127.0.0.1:${port}`,
    '/etc/haproxy/login.example.com.pem': pem,
    '127.0.0.1:3000': `127.0.0.1:${servers[0]}`,
    '127.0.0.1:3001': `127.0.0.1:${servers[1]}`,
  };
  return Object.entries(replacements).reduce((text, [from, to]) => {
    if (!text.includes(from)) {
      throw new Error(`The haproxy configuration of docs/operations.md has no ${from}.`);
    }
    return text.replace(from, to);
  }, documented);
}
