/** Lets requests wait for a question with the same key that is under way. */
export function withSingleFlight<T>(
  ask: (key: string, token: string) => Promise<T>,
): (key: string, token: string) => Promise<T> {
  const underWay = new Map<string, Promise<T>>();
  return (key, token) => {
    const known = underWay.get(key);
    if (known !== undefined) {
      return known;
    }
    const question = ask(key, token).finally(() => underWay.delete(key));
    underWay.set(key, question);
    return question;
  };
}
