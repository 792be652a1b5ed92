const { PATH = '', NODE_COMPILE_CACHE } = process.env;

/** What a process that a test starts gets of this one's environment: nothing that configures it. */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH,
  ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
};
