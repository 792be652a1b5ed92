import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

/** Licenses of packages that the server runs with. */
const PRODUCTION: ReadonlySet<string> = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
]);
/** Further ones of packages that only tests and tools use, and that nobody gets from us. */
const DEVELOPMENT: ReadonlySet<string> = new Set([
  'BlueOak-1.0.0',
  'MPL-2.0',
  'PSF-2.0',
  'MIT OR Apache-2.0',
  '(WTFPL OR MIT)',
]);
/** Packages whose manifest lacks the license that their LICENSE file states. */
const STATED: ReadonlyMap<string, string> = new Map([
  ['node_modules/passport-strategy', 'MIT'],
  ['node_modules/pause', 'MIT'],
]);

const manifest = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});
const lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      license: z.string().optional(),
      dev: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
});

/** Returns a line for each dependency without a reason and for each license that is not accepted. */
function findFaults(): string[] {
  const { dependencies, devDependencies } = manifest.parse(JSON.parse(read('package.json')));
  const reasons = read('docs/dependencies.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)])
    .map(([, name]) => name ?? '');
  const direct = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
  const { packages } = lock.parse(JSON.parse(read('package-lock.json')));
  const installed = Object.entries(packages).filter(
    ([path, { link }]) => path.includes('node_modules/') && link !== true,
  );
  return [
    ...direct
      .filter((name) => !reasons.includes(name))
      .map((name) => `${name} has no line in docs/dependencies.md`),
    ...reasons
      .filter((name) => !direct.includes(name))
      .map((name) => `docs/dependencies.md has a line for ${name}, which is no dependency`),
    ...installed.flatMap(([path, { license = STATED.get(path) ?? 'none', dev = false }]) =>
      PRODUCTION.has(license) || (dev && DEVELOPMENT.has(license))
        ? []
        : [`${path} has the license ${license}`],
    ),
  ];
}

const faults = findFaults();
for (const fault of faults) {
  console.error(fault);
}
process.exitCode = faults.length === 0 ? 0 : 1;
