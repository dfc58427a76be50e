/**
 * Named counters of what was refused or odd: "<stage>.<protocol>.<reason>". A name is registered once when its module
 * loads and then counted by number, so that counting costs one addition.
 */
const names: string[] = [];
let values = new Float64Array(256);

/** Registers a name; the same name gives the same number. */
export function counter(name: string): number {
  const known = names.indexOf(name);
  if (known >= 0) return known;
  if (names.length === values.length) {
    const larger = new Float64Array(values.length * 2);
    larger.set(values);
    values = larger;
  }
  return names.push(name) - 1;
}

export function count(id: number, by = 1): void {
  values[id]! += by;
}

/** How often it was counted. */
export const counted = (id: number): number => values[id]!;

/** All counters that are not zero. */
export function countersSeen(): Record<string, number> {
  const seen: Record<string, number> = {};
  for (let id = 0; id < names.length; id++) if (values[id]) seen[names[id]!] = values[id]!;
  return seen;
}

export function resetCounters(): void {
  values.fill(0);
}
