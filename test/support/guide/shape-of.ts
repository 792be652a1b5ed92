/** Returns the keys of an object, and of the first object of each list in it. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.slice(0, 1).map(shapeOf);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          // A text can be one string, or one for each language.
          .map(([key, inner]) => [key, key === 'name' ? 'a text' : shapeOf(inner)])
          .sort(),
      )
    : value === null
      ? null
      : typeof value;
}
