// Ends an unsupported Node.js with one line. Plain JavaScript, because such a version can't load
// TypeScript: the npm scripts load this file before their program.
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`Stagedoor needs Node.js 22.18 or newer. This is ${process.version}.`);
  process.exit(1);
}
