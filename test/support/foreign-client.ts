import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** An application in another language with a third-party library. */
export interface ForeignClient {
  readonly library: string;
  /** Settings that differ from the library's defaults, as the guide names them. */
  readonly settings: readonly string[];
  /** Command that reads the settings from its standard input. */
  readonly command: readonly [string, ...string[]];
  /** Command that succeeds if the program can run. */
  readonly probe: readonly [string, ...string[]];
  readonly debianPackage: string;
}

const FOLDER = import.meta.dirname;

/** Path of Debian's Python, because other installations lack Debian's packages. */
const PYTHON = '/usr/bin/python3';

/** All programs. Each prints the same report of the same steps. */
export const FOREIGN_CLIENTS: readonly ForeignClient[] = [
  {
    library: 'requests-oauthlib',
    settings: ['code_challenge', 'code_challenge_method', 'code_verifier'],
    command: [PYTHON, join(FOLDER, 'python/requests_oauthlib_client.py')],
    probe: [PYTHON, '-c', 'import requests_oauthlib'],
    debianPackage: 'python3-requests-oauthlib',
  },
  {
    library: 'authlib',
    settings: ['code_challenge_method', 'code_verifier'],
    command: [PYTHON, join(FOLDER, 'python/authlib_client.py')],
    probe: [PYTHON, '-c', 'import authlib.integrations.requests_client'],
    debianPackage: 'python3-authlib',
  },
  {
    library: 'oauth2',
    settings: ['code_challenge', 'code_challenge_method', 'code_verifier'],
    command: ['/usr/bin/ruby', join(FOLDER, 'ruby/oauth2_client.rb')],
    probe: ['/usr/bin/ruby', '-e', 'require "oauth2"'],
    debianPackage: 'ruby-oauth2',
  },
  {
    library: 'golang.org/x/oauth2',
    settings: ['code_challenge', 'code_challenge_method', 'code_verifier'],
    command: ['/usr/bin/go', 'run', join(FOLDER, 'go/oauth2_client.go')],
    probe: ['/usr/bin/go', 'list', 'golang.org/x/oauth2'],
    debianPackage: 'golang-golang-x-oauth2-dev',
  },
];

/** Environment of every program; the libraries are Debian's, without network access. */
const ENVIRONMENT = {
  PATH: process.env.PATH ?? '',
  HOME: homedir(),
  PYTHONDONTWRITEBYTECODE: '1',
  GO111MODULE: 'off',
  GOPATH: '/usr/share/gocode',
};

/** Returns why a client can't run here; undefined if it can. */
export function whyNotRun({ probe, debianPackage }: ForeignClient): string | undefined {
  const [program, ...args] = probe;
  const missing = spawnSync(program, args, { env: ENVIRONMENT }).status !== 0;
  return missing ? `Debian’s ${debianPackage} is not installed` : undefined;
}

/**
 * Runs a client. `person` opens the link that it prints, and returns the redirect of the browser.
 * @throws AssertionError with its standard error if it ended too early
 */
export async function runForeignClient(
  { command }: ForeignClient,
  options: {
    readonly settings: Readonly<Record<string, string | undefined>>;
    /** PEM file of the certificate to trust. */
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
  // A program that has already ended does not read its input.
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
