/**
 * The answer, where there is one within `milliseconds`; undefined where `work` fails or takes
 * longer. It is not cut off then, only no longer waited for.
 */
export async function withTimeout<T>(
  milliseconds: number,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), milliseconds);
  try {
    return await Promise.race([work(), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
