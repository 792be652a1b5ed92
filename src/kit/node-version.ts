const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  throw new Error(
    `@stagedoor/resource-server needs Node.js 22.18 or newer; this is ${process.version}.`,
  );
}
