/**
 * One copy of texts that many flows share: fingerprints, versions, protocols offered. A thousand flows of one browser hold
 * the same dozen; put together from pieces, each would also keep its pieces.
 */
const MOST = 4096;
const LONGEST = 256;
const known = new Map<string, string>();

/** The same text, as the copy that others have. Bounded: when full it begins anew. */
export function oneCopy(text: string): string {
  if (text.length > LONGEST) return text;
  const have = known.get(text);
  if (have !== undefined) return have;
  if (known.size >= MOST) known.clear();
  known.set(text, text);
  return text;
}
