const { PATH = '', NODE_COMPILE_CACHE } = process.env;

/** Environment variables that child processes inherit: none that configures them. */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH,
  ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
};
