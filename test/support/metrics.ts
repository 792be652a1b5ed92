/** Samples of a scrape, by name and labels as they stand in the text. */
export type Samples = ReadonlyMap<string, number>;

/** Milliseconds: a request that a worker had in hand when it was killed is never answered. */
const LIMIT = 4_000;

/** Reads `/metrics` on a connection of its own, so that any worker can answer. */
export async function scrape(issuer: string): Promise<Samples> {
  const headers = { connection: 'close' };
  const signal = AbortSignal.timeout(LIMIT);
  const response = await fetch(`${issuer}/metrics`, { headers, signal });
  return samplesOf(await response.text());
}

/** Reads the samples of a text in the format of Prometheus. */
export function samplesOf(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

/** Sum of the samples whose name and labels match. */
export function sumOf(samples: Samples, pattern: RegExp): number {
  return [...samples]
    .filter(([name]) => pattern.test(name))
    .reduce((sum, [, value]) => sum + value, 0);
}
