#!/usr/bin/env node
// Makes src/protocols/data/catalogue.json (id -> name, category, breed) and data/ports.json (default ports) from a table
// with the columns id, name, category_id, category, breed, default_udp_ports, default_tcp_ports:
//   scripts/make-catalogue.mjs protocols.tsv categories.tsv
import { readFileSync, writeFileSync } from 'node:fs';

const [protocols, categories, risks] = process.argv.slice(2).map((file) => {
  const [head, ...rows] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  return rows.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ''])));
});
const rows = (list) => list.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
const groups = (out) =>
  `{\n${Object.entries(out)
    .map(([name, list]) => `  "${name}": [\n${rows(list)}\n  ]`)
    .join(',\n')}\n}\n`;
const write = (name, text) => writeFileSync(new URL(`../src/protocols/data/${name}`, import.meta.url), text);

write(
  'catalogue.json',
  groups({
    protocols: protocols.map((p) => [Number(p.id), p.name, Number(p.category_id), p.breed]),
    categories: categories.map((c) => [Number(c.id), c.name]),
    risks: risks.map((r) => [Number(r.id), r.name, r.severity, Number(r.score_total)]),
  }),
);

/** [port, id] by port; a port of two protocols belongs to the later one, the one in use today (445: SMB 2 and 3). */
const ports = (column) => {
  const ids = new Map();
  for (const p of protocols)
    for (const port of p[column].split(',').filter(Boolean)) ids.set(Number(port), Number(p.id));
  return [...ids].sort((a, b) => a[0] - b[0]);
};
write('ports.json', groups({ udp: ports('default_udp_ports'), tcp: ports('default_tcp_ports') }));
