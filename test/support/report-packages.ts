import { registerHooks } from 'node:module';

// Preloaded into a program (`--import`): prints the loaded packages as the last line of standard
// error.
const packages = new Set<string>();
registerHooks({
  load: (url, context, next) => {
    packages.add(/\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? '');
    return next(url, context);
  },
});
process.on('exit', () => process.stderr.write(`${JSON.stringify([...packages])}\n`));
