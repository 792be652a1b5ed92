import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** An application in another language, by a library that others wrote. */
export interface ForeignClient {
  readonly library: string;
  /** Started with the settings on its standard input. */
  readonly command: readonly [string, ...string[]];
  /** Succeeds where the command can run. */
  readonly probe: readonly [string, ...string[]];
  readonly debianPackage: string;
}

const FOLDER = import.meta.dirname;

/** Debian's, by its path: a Python from elsewhere does not see Debian's packages. */
const PYTHON = '/usr/bin/python3';

/** All that there are. Each prints the same report of the same steps. */
export const FOREIGN_CLIENTS: readonly ForeignClient[] = [
  {
    library: 'Python’s requests-oauthlib',
    command: [PYTHON, join(FOLDER, 'python/requests_oauthlib_client.py')],
    probe: [PYTHON, '-c', 'import requests_oauthlib'],
    debianPackage: 'python3-requests-oauthlib',
  },
  {
    library: 'Python’s Authlib',
    command: [PYTHON, join(FOLDER, 'python/authlib_client.py')],
    probe: [PYTHON, '-c', 'import authlib.integrations.requests_client'],
    debianPackage: 'python3-authlib',
  },
  {
    library: 'Ruby’s oauth2',
    command: ['/usr/bin/ruby', join(FOLDER, 'ruby/oauth2_client.rb')],
    probe: ['/usr/bin/ruby', '-e', 'require "oauth2"'],
    debianPackage: 'ruby-oauth2',
  },
  {
    library: 'Go’s golang.org/x/oauth2',
    command: ['/usr/bin/go', 'run', join(FOLDER, 'go/oauth2_client.go')],
    probe: ['/usr/bin/go', 'list', 'golang.org/x/oauth2'],
    debianPackage: 'golang-golang-x-oauth2-dev',
  },
];

/** What every program is started with; the libraries are Debian's, and nothing comes from the net. */
const ENVIRONMENT = {
  PATH: process.env.PATH ?? '',
  HOME: homedir(),
  PYTHONDONTWRITEBYTECODE: '1',
  GO111MODULE: 'off',
  GOPATH: '/usr/share/gocode',
};

/** Why a client can't be run here; undefined where it can. */
export function whyNotRun({ probe, debianPackage }: ForeignClient): string | undefined {
  const [program, ...args] = probe;
  const missing = spawnSync(program, args, { env: ENVIRONMENT }).status !== 0;
  return missing ? `Debian’s ${debianPackage} is not installed` : undefined;
}

/**
 * Runs a client. `person` opens the link that it prints, and says where the browser was sent back
 * to.
 * @throws AssertionError with what it wrote to its standard error, where it ended too early
 */
export async function runForeignClient(
  { command }: ForeignClient,
  options: {
    readonly settings: Readonly<Record<string, string | undefined>>;
    /** PEM of the certificate to trust. */
    readonly certificateFile: string;
    readonly person: (link: string) => Promise<URL>;
  },
): Promise<unknown> {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    env: {
      ...ENVIRONMENT,
      SSL_CERT_FILE: options.certificateFile,
      REQUESTS_CA_BUNDLE: options.certificateFile,
    },
  });
  // A program that has ended already does not read what is written to it.
  child.stdin.on('error', () => {});
  const complaints = text(child.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value }: IteratorResult<string, undefined> = await lines.next();
    return value ?? assert.fail(await complaints);
  };
  try {
    child.stdin.write(`${JSON.stringify(options.settings)}\n`);
    child.stdin.write(`${await options.person(await nextLine())}\n`);
    return JSON.parse(await nextLine());
  } finally {
    child.kill();
  }
}
