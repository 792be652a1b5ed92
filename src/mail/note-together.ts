/**
 * Returns a function that notes an item. Items that come while others are being written are written
 * together afterwards; the function rejects for all that were in a failed write.
 */
export function noteTogether<T>(
  write: (items: readonly T[]) => Promise<void>,
): (item: T) => Promise<void> {
  let waiting: T[] = [];
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const writeWaiting = async () => {
    await current.catch(() => {});
    const items = waiting;
    waiting = [];
    next = undefined;
    current = write(items);
    await current;
  };
  return (item) => {
    waiting.push(item);
    next ??= writeWaiting();
    return next;
  };
}
