/** Results that one function keeps. */
const LIMIT = 1_000;
/** Characters of the longest text whose result is kept: a caller can't fill the memory. */
const LONGEST = 255;

/**
 * Makes a function that computes the result for a text once while it is asked for often. Only for functions
 * whose result depends on nothing but the text.
 */
export function remember<Result, Text extends string = string>(
  compute: (text: Text) => Result,
): (text: Text) => Result {
  const known = new Map<Text, Result>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) {
      return found;
    }
    if (known.size >= LIMIT) {
      known.clear();
    }
    const result = compute(text);
    if (text.length <= LONGEST) {
      known.set(text, result);
    }
    return result;
  };
}
