/**
 * Pools as ntopng 4.2 has them: groups of hosts, networks or interfaces, each bound to a configuration set. Pool 0 of a
 * kind holds everything that is in no other pool. Members of host pools are an address, a network or a MAC address, the
 * first two with "@vlan" where they are of one VLAN only.
 */
import { isIP } from 'node:net';
import { parseIp, type Words } from '../flows/address.ts';
import { type ConfigSet, POOL_KINDS, type Pool, type PoolKind } from './types.ts';

export const POOL_LIMITS = { pools: 64, members: 1024, name: 32 } as const;

export const DEFAULT_POOL_ID = 0;

/** Pools that exist without anyone having made them. */
export const defaultPools = (): Pool[] =>
  POOL_KINDS.map((kind) => ({ id: DEFAULT_POOL_ID, kind, name: 'Default', members: [], configSet: 0 }));

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** A member in the form in which it is kept, or undefined when it is none of the kind. */
export function normalMember(kind: PoolKind, text: string): string | undefined {
  const raw = text.trim();
  if (kind === 'interface') return /^-?\d{1,6}$/.test(raw) ? raw : undefined;
  const mac = raw.toLowerCase().replaceAll('-', ':');
  if (kind === 'host' && MAC.test(mac)) return mac;
  const [net = '', vlan, ...more] = raw.split('@');
  if (more.length > 0 || (vlan !== undefined && !(/^\d{1,4}$/.test(vlan) && Number(vlan) < 4096))) return undefined;
  if (kind === 'network' && vlan !== undefined) return undefined;
  const [address = '', bits, ...rest] = net.split('/');
  const family = isIP(address);
  const most = family === 4 ? 32 : 128;
  if (family === 0 || address.includes('%') || rest.length > 0) return undefined;
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)) return undefined;
  return `${address.toLowerCase()}/${bits ?? most}${vlan === undefined ? '' : `@${Number(vlan)}`}`;
}

export type PoolResult = { ok: true; pools: Pool[]; id: number } | { ok: false; field: string; message: string };

/** Adds a pool, or replaces the one of that kind and id. Says in words what is wrong. */
export function putPool(
  pools: readonly Pool[],
  sets: readonly ConfigSet[],
  wanted: Omit<Pool, 'id'> & { id?: number },
): PoolResult {
  const refuse = (field: string, message: string): PoolResult => ({ ok: false, field, message });
  const { kind } = wanted;
  const name = wanted.name.trim();
  const same = pools.filter((pool) => pool.kind === kind);
  const old = wanted.id === undefined ? undefined : same.find((pool) => pool.id === wanted.id);
  if (wanted.id !== undefined && !old) return refuse('', `there is no ${kind} pool ${wanted.id}`);
  if (name === '') return refuse('name', 'a pool needs a name');
  if (name.length > POOL_LIMITS.name) return refuse('name', `the name has at most ${POOL_LIMITS.name} characters`);
  if (same.some((pool) => pool.name === name && pool !== old)) return refuse('name', `there is already a pool ${name}`);
  if (!sets.some((set) => set.id === wanted.configSet))
    return refuse('configSet', `there is no configuration ${wanted.configSet}`);
  if (old?.id === DEFAULT_POOL_ID && wanted.members.length > 0)
    return refuse('members', 'the default pool has no members of its own: it holds what is in no other pool');
  const members = new Set<string>();
  for (const text of wanted.members) {
    if (text.trim() === '') continue;
    const member = normalMember(kind, text);
    if (member === undefined) return refuse('members', `${MEMBER_WORDS[kind]}, got ${text.slice(0, 60)}`);
    const owner = same.find((pool) => pool !== old && pool.members.includes(member));
    if (owner) return refuse('members', `${member} is in pool ${owner.name} already`);
    members.add(member);
  }
  if (members.size > POOL_LIMITS.members) return refuse('members', `a pool has at most ${POOL_LIMITS.members} members`);
  if (!old && pools.length >= POOL_LIMITS.pools + POOL_KINDS.length)
    return refuse('', `there can be at most ${POOL_LIMITS.pools} pools`);
  const id = old?.id ?? Math.max(0, ...same.map((pool) => pool.id)) + 1;
  const pool: Pool = {
    id,
    kind,
    name: old?.id === DEFAULT_POOL_ID ? old.name : name,
    members: [...members],
    configSet: wanted.configSet,
  };
  return { ok: true, id, pools: old ? pools.map((one) => (one === old ? pool : one)) : [...pools, pool] };
}

const MEMBER_WORDS: Record<PoolKind, string> = {
  host: 'a member is an address, a network or a MAC address, with @vlan if need be',
  network: 'a member is a network such as 192.168.1.0/24',
  interface: 'a member is the number of an interface',
};

export function removePool(pools: readonly Pool[], kind: PoolKind, id: number): PoolResult {
  if (id === DEFAULT_POOL_ID) return { ok: false, field: '', message: 'the default pool cannot be removed' };
  const kept = pools.filter((pool) => pool.kind !== kind || pool.id !== id);
  if (kept.length === pools.length) return { ok: false, field: '', message: `there is no ${kind} pool ${id}` };
  return { ok: true, id, pools: kept };
}

/** Pools whose set is gone fall back to the default set. */
export function withoutSet(pools: readonly Pool[], set: number): Pool[] {
  return pools.map((pool) => (pool.configSet === set ? { ...pool, configSet: 0 } : pool));
}

interface Prefix {
  version: 4 | 6;
  words: Words;
  length: number;
  vlan: number;
  pool: number;
}

/** Finds the pool of a host, a network, an interface. Built anew when the pools change; lookups allocate little. */
export class PoolIndex {
  readonly pools: readonly Pool[];
  readonly #macs = new Map<string, number>();
  readonly #prefixes: Prefix[] = [];
  readonly #networks = new Map<string, number>();
  readonly #interfaces = new Map<string, number>();
  readonly #sets = new Map<string, number>();

  constructor(pools: readonly Pool[]) {
    this.pools = pools;
    for (const pool of pools) {
      this.#sets.set(`${pool.kind}/${pool.id}`, pool.configSet);
      for (const member of pool.members) {
        if (pool.kind === 'interface') this.#interfaces.set(member, pool.id);
        else if (pool.kind === 'network') this.#networks.set(member, pool.id);
        else if (MAC.test(member)) this.#macs.set(member, pool.id);
        else this.#addPrefix(member, pool.id);
      }
    }
    // The longest prefix first; of two alike the one of a VLAN.
    this.#prefixes.sort((a, b) => b.length - a.length || b.vlan - a.vlan);
  }

  #addPrefix(member: string, pool: number): void {
    const [net = '', vlan] = member.split('@');
    const [address = '', bits] = net.split('/');
    const ip = parseIp(address);
    if (!ip) return;
    this.#prefixes.push({ ...ip, length: Number(bits), vlan: vlan === undefined ? -1 : Number(vlan), pool });
  }

  /** True when all hosts are in the default pool. */
  get trivial(): boolean {
    return this.#macs.size === 0 && this.#prefixes.length === 0;
  }

  /** Pool of a host: by its MAC address, then by the longest prefix that holds it. */
  ofHost(ip: string, vlan: number, mac: string): number {
    if (this.trivial) return DEFAULT_POOL_ID;
    const byMac = mac === '' ? undefined : this.#macs.get(mac.toLowerCase());
    if (byMac !== undefined) return byMac;
    if (this.#prefixes.length === 0) return DEFAULT_POOL_ID;
    const at = parseIp(ip);
    if (!at) return DEFAULT_POOL_ID;
    for (const prefix of this.#prefixes) {
      if (prefix.version !== at.version || (prefix.vlan !== -1 && prefix.vlan !== vlan)) continue;
      if (holds(prefix, at.words)) return prefix.pool;
    }
    return DEFAULT_POOL_ID;
  }
  ofNetwork(cidr: string): number {
    return this.#networks.get(cidr) ?? DEFAULT_POOL_ID;
  }
  ofInterface(id: string): number {
    return this.#interfaces.get(id) ?? DEFAULT_POOL_ID;
  }
  /** The configuration set of a pool. */
  setOf(kind: PoolKind, pool: number): number {
    return this.#sets.get(`${kind}/${pool}`) ?? 0;
  }
  /** Sets that apply to entities of a kind: the default pool's and those of pools that have members. */
  setsOf(kind: PoolKind): number[] {
    const used = this.pools.filter((p) => p.kind === kind && (p.id === DEFAULT_POOL_ID || p.members.length > 0));
    return [...new Set([this.setOf(kind, DEFAULT_POOL_ID), ...used.map((pool) => pool.configSet)])];
  }
  nameOf(kind: PoolKind, id: number): string | undefined {
    return this.pools.find((pool) => pool.kind === kind && pool.id === id)?.name;
  }
}

function holds(prefix: Prefix, words: Words): boolean {
  const shift = prefix.version === 4 ? 96 : 0;
  for (let i = prefix.version === 4 ? 3 : 0; i < 4; i++) {
    const bits = Math.min(32, Math.max(0, prefix.length + shift - i * 32));
    const mask = bits === 0 ? 0 : -1 << (32 - bits);
    if ((words[i]! & mask) !== (prefix.words[i]! & mask)) return false;
  }
  return true;
}
