import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../../..');
const run = promisify(execFile);
/** Errors of npm for an unreachable registry, but not for an invalid package. */
const NO_REGISTRY =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/** An empty project in which the kit was installed from its tarball. */
export interface InstalledKit {
  readonly folder: string;
  /** Names of all installed packages. */
  readonly packages: readonly string[];
  /** Compiles a program in the project in strict mode; throws with the compiler's output. */
  compile(file: string, code: string): Promise<void>;
  /** Runs a program and returns its output. */
  run(node: string, file: string, env: Readonly<Record<string, string>>): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Builds and packs the kit, and installs it into an empty project: `npm run build`, `npm pack`,
 * `npm install`. Returns undefined if the registry is unreachable.
 */
export async function installKit(): Promise<InstalledKit | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-kit-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await run('npm', ['run', 'build'], { cwd: ROOT });
    const packed = await run('npm', ['pack', '--pack-destination', folder], {
      cwd: join(ROOT, 'dist'),
    });
    const project = { name: 'orders-api', version: '1.0.0', private: true, type: 'module' };
    await writeFile(join(folder, 'package.json'), JSON.stringify(project));
    const tarball = packed.stdout.trim().split('\n').at(-1) ?? '';
    if (!(await npmInstall(folder, `./${tarball}`))) {
      await remove();
      return undefined;
    }
    return { ...programs(folder), folder, packages: await packagesIn(folder), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Returns the first Node.js on the PATH that npm did not add; undefined if there is none. */
export function systemNode(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .find(isExecutable);
}

async function npmInstall(folder: string, tarball: string): Promise<boolean> {
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1'];
  try {
    await run('npm', ['install', ...options, tarball], { cwd: folder });
    return true;
  } catch (error) {
    if (error instanceof Error && NO_REGISTRY.test(error.message)) {
      return false;
    }
    throw error;
  }
}

function programs(folder: string): Pick<InstalledKit, 'compile' | 'run'> {
  return {
    compile: async (file, code) => {
      await writeFile(join(folder, file), code);
      const options = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022'];
      const modules = ['--module', 'nodenext', '--types', 'node'];
      const types = ['--typeRoots', join(ROOT, 'node_modules/@types')];
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      // Checks the kit's declarations, but not those of the language.
      const checks = ['--skipLibCheck', 'false', '--skipDefaultLibCheck'];
      const all = [tsc, ...options, ...modules, ...types, ...checks, file];
      await run(process.execPath, all, { cwd: folder }).catch((error: unknown) => {
        throw new Error(outputOf(error), { cause: error });
      });
    },
    run: async (node, file, env) => {
      const { stdout } = await run(node, [file], { cwd: folder, env: { ...env } });
      return stdout;
    },
  };
}

async function packagesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, 'node_modules'));
  return entries.filter((name) => !name.startsWith('.')).sort();
}

/** Returns what a failed process has printed. */
export function outputOf(error: unknown): string {
  return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
