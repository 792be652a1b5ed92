import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Resolves the name of the kit in the project at `KIT_PROJECT`, where the packed kit is installed,
 * instead of in this repository. Used by `node --import`.
 */
const project = pathToFileURL(`${process.env.KIT_PROJECT}/package.json`).href;

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier.startsWith('@stagedoor/')
      ? nextResolve(specifier, { ...context, parentURL: project })
      : nextResolve(specifier, context),
});
