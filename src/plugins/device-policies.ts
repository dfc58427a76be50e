/**
 * What a device of its kind should not speak (4.2's device protocols): the owner names a device, its kind and the
 * protocols that are not for it, one line each: "aa:bb:cc:dd:ee:ff = printer: SSH, BitTorrent".
 */
import { parseMac } from '../devices/mac.ts';
import { protocolId } from './ndpi.ts';
import { DEVICE_TYPES } from './validate.ts';

export interface DevicePolicy {
  /** "aa:bb:cc:dd:ee:ff". */
  mac: string;
  /** Index into DEVICE_TYPES. */
  type: number;
  /** nDPI ids. */
  forbidden: number[];
}

/** A line as a policy, or a sentence that says what is wrong with it. */
export function parsePolicy(line: string): DevicePolicy | string {
  const found = /^\s*([0-9a-fA-F:-]{11,17})\s*=\s*([a-z]+)\s*:\s*(.+)$/.exec(line);
  const mac = found ? parseMac(found[1]!) : undefined;
  if (!found || mac === undefined) return 'must be written as aa:bb:cc:dd:ee:ff = printer: SSH, BitTorrent';
  const type = (DEVICE_TYPES as readonly string[]).indexOf(found[2]!);
  if (type < 0) return `${found[2]} is no kind of device; there are ${DEVICE_TYPES.join(', ')}`;
  const forbidden: number[] = [];
  for (const name of found[3]!.split(',').map((part) => part.trim())) {
    const id = protocolId(name);
    if (id < 0) return `${name.slice(0, 40)} is no protocol`;
    forbidden.push(id);
  }
  const text = mac.toString(16).padStart(12, '0').replace(/..\B/g, '$&:');
  return { mac: text, type, forbidden };
}

export interface Judgement {
  type: number;
  forbidden: ReadonlySet<number>;
}

export const policyTable = (policies: readonly DevicePolicy[]): Map<string, Judgement> =>
  new Map(policies.map(({ mac, type, forbidden }) => [mac, { type, forbidden: new Set(forbidden) }]));
