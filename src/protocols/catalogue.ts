/** nDPI's numbers: names, categories and breeds by protocol id, names of risks. Facts only; made by scripts/make-catalogue.mjs. */
import catalogue from './data/catalogue.json' with { type: 'json' };

const names: string[] = [];
const categories: number[] = [];
const breeds: string[] = [];
const ids = new Map<string, number>();
for (const [id, name, category, breed] of catalogue.protocols as [number, string, number, string][]) {
  names[id] = name;
  categories[id] = category;
  breeds[id] = breed;
  ids.set(name.toLowerCase(), id);
}
const categoryNames = new Map(catalogue.categories as [number, string][]);
const categoryIds = new Map([...categoryNames].map(([id, name]) => [name.toLowerCase(), id]));

/** Name of a protocol id, "Unknown" for 0 and for ids beyond the table. */
export const protocolName = (id: number): string => names[id] ?? 'Unknown';
/** nDPI's category id of a protocol or application. */
export const categoryOf = (id: number): number => categories[id] ?? 0;
export const categoryName = (id: number): string => categoryNames.get(id) ?? 'Unspecified';
export const breedOf = (id: number): string => breeds[id] ?? 'Unrated';
/** Id by name, case-insensitive, or -1. */
export const protocolId = (name: string): number => ids.get(name.toLowerCase()) ?? -1;
export const categoryId = (name: string): number => categoryIds.get(name.toLowerCase()) ?? -1;
/** "TLS.Google", or "DNS" when there is no application inside. */
export const l7Name = (master: number, app: number): string =>
  app && app !== master && master ? `${protocolName(master)}.${protocolName(app)}` : protocolName(master || app);
const riskNames = new Map((catalogue.risks as [number, string, string, number][]).map(([id, name]) => [id, name]));
/** Name of a flow risk. */
export const riskName = (id: number): string => riskNames.get(id) ?? `Risk ${id}`;
/** All ids with their names. */
export const allProtocols = (): { id: number; name: string }[] =>
  [...ids.values()].map((id) => ({ id, name: names[id]! }));
export const allCategories = (): { id: number; name: string }[] =>
  [...categoryNames].map(([id, name]) => ({ id, name }));
