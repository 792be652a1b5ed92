/** Lets requests wait for a question with the same key that is under way. */
export function withSingleFlight<T, Rest extends readonly unknown[]>(
  ask: (key: string, ...rest: Rest) => Promise<T>,
): (key: string, ...rest: Rest) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (key, ...rest) => {
    const known = underWay.get(key);
    if (known !== undefined) {
      return known;
    }
    const question = ask(key, ...rest).finally(() => underWay.delete(key));
    underWay.set(key, question);
    return question;
  };
}
