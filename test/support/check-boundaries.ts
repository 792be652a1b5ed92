import { globSync } from 'node:fs';
import { cruise, format, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

/**
 * Checks the module boundaries of `.dependency-cruiser.mjs`, for `npm run check`. A tool that can't
 * read a file finds no violation in it. So this also fails if a file was not read, or if fewer
 * imports were found than there are files.
 */
async function main(): Promise<number> {
  const options = await extractDepcruiseOptions('./.dependency-cruiser.mjs');
  const { output } = await cruise(['src'], options);
  if (typeof output === 'string') {
    throw new Error(output);
  }
  const { output: text, exitCode } = await format(output, { outputType: 'err-long' });
  console.log(String(text).trim());
  const unseen = unseenFiles(output);
  if (unseen !== undefined) {
    console.error(unseen);
    return 1;
  }
  return exitCode === 0 ? 0 : 1;
}

function unseenFiles(result: ICruiseResult): string | undefined {
  const files = globSync('src/**/*.ts');
  const own = result.modules.filter((module) => module.source.startsWith('src/'));
  const seen = new Set(own.map((module) => module.source));
  const missing = files.filter((file) => !seen.has(file));
  const imports = own.reduce((sum, module) => sum + module.dependencies.length, 0);
  if (missing.length === 0 && imports >= files.length && files.length >= 20) {
    return undefined;
  }
  return [
    `dependency-cruiser saw ${files.length - missing.length} of ${files.length} files and ${imports} imports.`,
    'That is not plausible. It reads TypeScript by the JavaScript interface of TypeScript 6, which 7 lacks.',
    ...missing.slice(0, 5).map((file) => `  not seen: ${file}`),
  ].join('\n');
}

process.exitCode = await main();
