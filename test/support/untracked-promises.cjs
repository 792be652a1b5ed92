// Preloaded by the processes of `npm test`. node:test tracks every promise by an async hook, to find
// the test of an uncaught error; that is a fifth of the CPU time of a test of a whole flow. Without
// tracking, an unhandled rejection still fails the run, but is not attributed to its test. Run the
// file with an option (`npm test -- --test-only <file>`) to see the test.
const hooks = require('node:async_hooks');

const { createHook } = hooks;
hooks.createHook = (callbacks) => createHook({ ...callbacks, trackPromises: false });
