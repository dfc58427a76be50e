#!/usr/bin/env node
// Makes src/protocols/data/catalogue.json (id -> name, category, breed) from a table with the columns
// id, name, category_id, category, breed:  scripts/make-catalogue.mjs protocols.tsv categories.tsv
import { readFileSync, writeFileSync } from 'node:fs';

const [protocols, categories] = process.argv.slice(2).map((file) => {
  const [head, ...rows] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  return rows.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ''])));
});
const out = {
  protocols: protocols.map((p) => [Number(p.id), p.name, Number(p.category_id), p.breed]),
  categories: categories.map((c) => [Number(c.id), c.name]),
};
const rows = (list) => list.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
writeFileSync(
  new URL('../src/protocols/data/catalogue.json', import.meta.url),
  `{\n  "protocols": [\n${rows(out.protocols)}\n  ],\n  "categories": [\n${rows(out.categories)}\n  ]\n}\n`,
);
