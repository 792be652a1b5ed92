const { registerHooks } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

// Loading takes most of a command's time. Relative imports of these folders name the whole file, so
// Node.js needs not look for it, nor for a package.json.
const folders = ['../src/', '../node_modules/kysely/', '../node_modules/zod/'].map(
  (folder) => pathToFileURL(join(__dirname, folder)).href,
);
registerHooks({
  resolve: (specifier, context, next) => {
    const { parentURL = '' } = context;
    if (!specifier.startsWith('.') || !folders.some((folder) => parentURL.startsWith(folder))) {
      return next(specifier, context);
    }
    const format = specifier.endsWith('.ts') ? 'module-typescript' : 'module';
    return { url: new URL(specifier, parentURL).href, format, shortCircuit: true };
  },
});
