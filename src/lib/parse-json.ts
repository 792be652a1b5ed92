/** Parses JSON from outside; returns undefined, which is no JSON value, if it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
