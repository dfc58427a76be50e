/**
 * What decoding depends on besides the frame: which tunnels are followed, who we are, and what is kept between frames
 * (fragments, ERSPAN's sequence numbers). One for each pipeline, shared by its packets.
 */
import { Fragments } from './fragments.ts';

/** Bits of DecodeContext.follow. */
export const TUNNEL = {
  IPIP: 1 << 0,
  /** IPv6 in IPv4 and IPv4 in IPv6 by protocol numbers 41 and 4. */
  SIX_IN_FOUR: 1 << 1,
  GRE: 1 << 2,
  ERSPAN: 1 << 3,
  VXLAN: 1 << 4,
  GENEVE: 1 << 5,
  TEREDO: 1 << 6,
  GTPU: 1 << 7,
  CAPWAP: 1 << 8,
  TZSP: 1 << 9,
  L2TP: 1 << 10,
} as const;

/** Names of the setting `tunnels` and of --tunnels. */
export const TUNNEL_NAMES: Readonly<Record<string, number>> = {
  ipip: TUNNEL.IPIP,
  '6in4': TUNNEL.SIX_IN_FOUR,
  gre: TUNNEL.GRE,
  erspan: TUNNEL.ERSPAN,
  vxlan: TUNNEL.VXLAN,
  geneve: TUNNEL.GENEVE,
  teredo: TUNNEL.TEREDO,
  gtpu: TUNNEL.GTPU,
  capwap: TUNNEL.CAPWAP,
  tzsp: TUNNEL.TZSP,
  l2tp: TUNNEL.L2TP,
};

export const ALL_TUNNELS = Object.values(TUNNEL_NAMES).reduce((all, bit) => all | bit, 0);

/** What hosts build between themselves is looked into; what carriers build stays one flow unless it is asked for. */
export const DEFAULT_TUNNELS: readonly string[] = ['ipip', '6in4', 'erspan'];

/** Encapsulations that switches and access points use to send a mirror to a collector: followed when that is us. */
export const MIRROR_TUNNELS = TUNNEL.ERSPAN | TUNNEL.GRE | TUNNEL.VXLAN | TUNNEL.GENEVE | TUNNEL.TZSP;

/** The bits of a list of names; `bad` are those that are none. "all" and "none" are names too. */
export function parseTunnels(names: readonly string[]): { follow: number; bad: string[] } {
  let follow = 0;
  const bad: string[] = [];
  for (const name of names) {
    if (name === 'all') follow |= ALL_TUNNELS;
    else if (Object.hasOwn(TUNNEL_NAMES, name)) follow |= TUNNEL_NAMES[name]!;
    else if (name !== 'none') bad.push(name);
  }
  return { follow, bad };
}

/** ERSPAN as it was seen, for the doctor. A gap in the sequence is what the switch or the way lost. */
export class ErspanSeen {
  /** Frames of type I, II, III. */
  readonly types = new Float64Array(4);
  truncated = 0;
  lost = 0;
  readonly #sessions = new Int32Array(SESSIONS).fill(-1);
  readonly #next = new Float64Array(SESSIONS);
  #hand = 0;

  /** Books the GRE sequence number of a session; numbers far off are a switch that started anew. */
  sequence(source: number, session: number, number: number): void {
    const key = (Math.imul(source, 0x9e3779b1) ^ session) & 0x7fffffff;
    let i = this.#sessions.indexOf(key);
    if (i < 0) {
      i = this.#hand;
      this.#hand = (this.#hand + 1) % SESSIONS;
      this.#sessions[i] = key;
    } else {
      const gap = number - this.#next[i]!;
      if (gap > 0 && gap < 65_536) this.lost += gap;
      // A late one had been booked as lost.
      else if (gap < 0 && gap > -64 && this.lost > 0) {
        this.lost--;
        return;
      }
    }
    this.#next[i] = number + 1;
  }
}

/** ERSPAN sessions whose sequence numbers are followed at once. */
const SESSIONS = 16;

export class DecodeContext {
  /** Tunnels to follow, bits of TUNNEL. */
  follow = parseTunnels(DEFAULT_TUNNELS).follow;
  /** Tunnels to follow when the outer packet is addressed to this machine. */
  followOwn = MIRROR_TUNNELS;
  readonly erspan = new ErspanSeen();
  readonly fragments = new Fragments();
  /** This machine's addresses, four words each. */
  #own = new Int32Array(0);

  /** Tells which addresses are ours: words as in Packet, IPv4 in the last. */
  setOwn(addresses: readonly (readonly [number, number, number, number])[]): void {
    this.#own = Int32Array.from(addresses.flat());
  }

  /** True when the four words are an address of this machine. */
  isOwn(w0: number, w1: number, w2: number, w3: number): boolean {
    const own = this.#own;
    for (let i = 0; i < own.length; i += 4) {
      if (own[i + 3] === w3 && own[i + 2] === w2 && own[i + 1] === w1 && own[i] === w0) return true;
    }
    return false;
  }
}
