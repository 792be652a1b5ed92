/** Message of a measured server to the benchmark when it listens. */
export interface Listening {
  readonly url: string;
}

/** CPU time of all threads of the process so far, in microseconds. */
export interface Usage {
  readonly cpu: number;
}

/**
 * Reports the URL of a measured server to the benchmark, and answers every message with the CPU
 * time so far. Ends the process when the benchmark has ended.
 */
export function reportUsage(url: string, close: () => Promise<void>): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: user + system } satisfies Usage);
  });
  process.on('disconnect', () => {
    void close().finally(() => process.exit(0));
  });
  process.send?.({ url } satisfies Listening);
}
