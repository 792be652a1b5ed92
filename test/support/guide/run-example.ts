import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** A program of the guide and its interpreter. */
export interface Program {
  /** `bash`, `node` or a path: started with the file as its argument. */
  readonly interpreter: string;
  readonly file: string;
  readonly code: string;
}

/** Result of a program. */
export interface Run {
  readonly exitCode: number | null;
  /** Lines after the address was read. */
  readonly lines: readonly string[];
  readonly complaints: string;
}

const NODE_MODULES = join(import.meta.dirname, '../../../node_modules');

/**
 * Runs a program as a developer would, in an empty directory. `person` opens the address that it
 * prints, and returns the redirect of the browser.
 */
export async function runExample(
  program: Program,
  issuer: string,
  person: (link: string) => Promise<URL | string>,
): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'stagedoor-guide-'));
  try {
    await writeFile(join(folder, program.file), program.code);
    await symlink(NODE_MODULES, join(folder, 'node_modules'));
    const child = spawn(program.interpreter, [program.file], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', PYTHONDONTWRITEBYTECODE: '1' },
    });
    // A program that has already ended does not read its input.
    child.stdin.on('error', () => {});
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
    const complaints = text(child.stderr);
    const lines: string[] = [];
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        if (lines.length === 0 && line.startsWith(`${issuer}/api/v1/oauth/authorize?`)) {
          child.stdin.write(`${await person(line)}\n`);
          lines.push(line);
        } else if (lines.length > 0) {
          lines.push(line);
        }
      }
      assert.ok(lines.length > 0, `It printed no address. ${await complaints}`);
      const [, , ...rest] = lines;
      return { exitCode: await exit, lines: rest, complaints: await complaints };
    } finally {
      child.kill();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
