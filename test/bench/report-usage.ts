/** What a measured server sends to the benchmark when it listens. */
export interface Listening {
  readonly url: string;
}

/** Microseconds of CPU that the process has used so far, all threads of it. */
export interface Usage {
  readonly cpu: number;
}

/**
 * The measured server's side: says where it listens, and answers every message with the CPU time
 * used so far. Ends the process when the benchmark is gone.
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
