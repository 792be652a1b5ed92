// Loads what every program needs before it. A compiled program is smaller, too: the part of Node.js
// that strips types, 18 MB, is not loaded.
require('./require-node.cjs');
const { statSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const packages = join(__dirname, '../node_modules');

// Keeps compiled code beside the packages: a cache that others can write would let them run code.
// Only for the owner, so that a command as root leaves no files that `npm ci` can't delete.
const cache = join(packages, '.cache');
const { uid } = statSync(cache, { throwIfNoEntry: false }) ?? statSync(packages);
if (uid === process.getuid?.()) {
  enableCompileCache(join(cache, 'stagedoor'));
}

require('./resolve-imports.cjs');
