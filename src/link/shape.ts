/** Compares what a process said with an example of what it should say: same fields, same types, nothing about values. */

/** Fields of the example are required with the example's type; `undefined` there allows anything. */
export type Shape = string | number | boolean | null | undefined | readonly Shape[] | { readonly [key: string]: Shape };

/**
 * True when `value` has all fields of `example` with the same types, finite numbers included. An array in the example
 * holds one example of its items; an empty one takes any items. A null in the example allows null or a number. Further
 * fields are allowed.
 */
export function hasShape(value: unknown, example: Shape): boolean {
  if (example === undefined) return true;
  if (example === null) return value === null || (typeof value === 'number' && Number.isFinite(value));
  if (typeof example === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (typeof example !== 'object') return typeof value === typeof example;
  if (Array.isArray(example)) {
    return Array.isArray(value) && (example.length === 0 || value.every((item) => hasShape(item, example[0])));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = value as { [key: string]: unknown };
  for (const [key, inner] of Object.entries(example)) if (!hasShape(fields[key], inner)) return false;
  return true;
}
