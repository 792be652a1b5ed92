/** Shows what the start does at the moment. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

/** Erases from the cursor to the end of the line. */
const ERASE = '\u001b[K';

/**
 * Shows progress as one line that changes, if the output is a terminal; otherwise shows nothing. The
 * cursor stays at the beginning of the line, so that a line of the log replaces it.
 * @param isFirst true in the one process that speaks for all workers
 */
export function showProgress(
  output: { readonly isTTY?: boolean; write(text: string): unknown },
  isFirst: boolean,
): Progress {
  const write = (text: string) => {
    if (output.isTTY && isFirst) {
      output.write(text);
    }
  };
  return {
    show: (text) => write(`${ERASE}${text}\r`),
    clear: () => write(ERASE),
  };
}
