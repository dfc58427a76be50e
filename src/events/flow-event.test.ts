import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { flowsOf } from '../../scripts/lib/flows-of.ts';
import { flowEvent } from './flow-event.ts';

interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
}

const root = join(import.meta.dirname, '../..');
const schema = JSON.parse(readFileSync(join(root, 'schema/event.json'), 'utf8')) as Schema;
const captures = join(root, '../shared/ndpi/pcaps');

const typeOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : value === null ? 'null' : typeof value;

/** The part of JSON Schema that event.json uses; gives the first place that does not fit. */
function misfit(value: unknown, s: Schema, path: string): string | undefined {
  if (s.const !== undefined && value !== s.const) return `${path}: not ${String(s.const)}`;
  if (s.enum && !s.enum.includes(value)) return `${path}: ${String(value)} is not listed`;
  const types = s.type === undefined ? [] : [s.type].flat();
  const type = typeOf(value);
  if (types.length && !types.includes(type) && !(type === 'integer' && types.includes('number')))
    return `${path}: ${type}`;
  if (Array.isArray(value)) return value.map((v, i) => s.items && misfit(v, s.items, `${path}[${i}]`)).find(Boolean);
  if (type !== 'object') return undefined;
  for (const name of s.required ?? []) if (!(name in (value as object))) return `${path}.${name} is missing`;
  for (const [name, v] of Object.entries(value as object)) {
    const inner = s.properties?.[name] ?? s.additionalProperties;
    if (inner === false || inner === undefined) return `${path}.${name} is not in the schema`;
    const found = inner === true ? undefined : misfit(v, inner, `${path}.${name}`);
    if (found) return found;
  }
  return undefined;
}

test('the checker itself notices', () => {
  assert.match(misfit({ event_type: 'flow' }, schema, 'event') ?? '', /missing/);
  assert.match(misfit({ a: 1 }, { type: 'object', additionalProperties: false }, 'x') ?? '', /not in the schema/);
});

test('every event of every capture fits schema/event.json', {
  skip: existsSync(captures) ? false : 'no captures beside the checkout',
  timeout: 120_000,
}, async () => {
  let events = 0;
  for (const name of readdirSync(captures).filter((n) => /^[dhqst].*pcap/.test(n))) {
    for (const flow of (await flowsOf(join(captures, name))).flows) {
      const event = JSON.parse(JSON.stringify(flowEvent(flow)));
      assert.equal(misfit(event, schema, name), undefined);
      events++;
    }
  }
  assert.ok(events > 1000, `${events}`);
});
