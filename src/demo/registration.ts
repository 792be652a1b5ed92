import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const client = z.object({ clientId: z.string(), clientSecret: z.string() });

const registration = z.object({
  /** By id of the user. */
  passwords: z.record(z.string(), z.string()),
  resourceServer: client.optional(),
  application: client.optional(),
  mcpServer: client.optional(),
});

/** Registration that the demo stores: the server keeps only hashes of its secrets. */
export type Registration = z.infer<typeof registration>;

/** The credentials of a registered client. */
export type ClientCredentials = z.infer<typeof client>;

/** Reads `demo.json`; undefined where there is none, or none that can be used. */
export async function loadRegistration(dataDir: string): Promise<Registration | undefined> {
  try {
    return registration.parse(JSON.parse(await readFile(fileIn(dataDir), 'utf8')));
  } catch (error) {
    const lost =
      error instanceof SyntaxError ||
      error instanceof z.ZodError ||
      (error instanceof Error && 'code' in error && error.code === 'ENOENT');
    if (lost) {
      return undefined;
    }
    throw error;
  }
}

/** Writes `demo.json`, for its owner only, and never half of it. */
export async function saveRegistration(dataDir: string, value: Registration): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const draft = `${fileIn(dataDir)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  await rename(draft, fileIn(dataDir));
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'demo.json');
}
