import { DecodeContext } from './context.ts';

/**
 * One decoded packet. The decoder owns a single Packet and resets it for each frame: nothing of it is kept.
 * Addresses are four signed 32-bit words, most significant first; IPv4 lies in the last word with the others 0.
 */
export class Packet {
  /** Settings and memory of decoding; shared by the packets of a pipeline. */
  readonly context: DecodeContext;
  buf: Uint8Array = new Uint8Array(0);
  timeUs = 0.5;
  /** Length of the whole frame on the wire and as captured. */
  wireLen = 0;
  capLen = 0;
  /** Index of the destination MAC in buf (the source follows), or -1. */
  macAt = -1;
  /** Innermost VLAN id, 0 when untagged, and the outer one of a double tag. */
  vlan = 0;
  outerVlan = 0;
  /** EtherType of what follows the link layer. */
  etherType = 0;
  /** 4, 6, or 0 when the frame bears no IP. */
  ipVersion = 0;
  proto = 0;
  ttl = 0;
  tos = 0;
  /** IPv4's identification; 0 for IPv6. */
  ipId = 0;
  s0 = 0;
  s1 = 0;
  s2 = 0;
  s3 = 0;
  d0 = 0;
  d1 = 0;
  d2 = 0;
  d3 = 0;
  /** A fragment whose first one was not seen: no ports. */
  laterFragment = false;
  /** Any fragment, and where its data lies in its datagram. */
  fragment = false;
  fragmentOffset = 0;
  /**
   * Addresses, ports and length are good, the rest is not here: a fragment of a datagram that is not complete yet, or a
   * header that was cut.
   */
  partial = false;
  sport = 0;
  dport = 0;
  tcpFlags = 0;
  seq = 0;
  ack = 0;
  window = 0;
  icmpType = 0;
  icmpCode = 0;
  /** Captured transport payload: buf[payloadAt, payloadAt + payloadLen). */
  payloadAt = 0;
  payloadLen = 0;
  /** Transport payload on the wire, by the IP length field. */
  payloadWire = 0;
  /** Number of tunnels around this packet. */
  tunnels = 0;
  /** A frame without IP that neighbours.ts can read: one of CONTROL, and where it lies in buf. */
  control = 0;
  controlAt = 0;
  controlEnd = 0;

  constructor(context: DecodeContext = new DecodeContext()) {
    this.context = context;
  }

  /** Forgets the previous frame, every field. */
  reset(): void {
    this.macAt = -1;
    this.vlan = 0;
    this.outerVlan = 0;
    this.etherType = 0;
    this.tunnels = 0;
    this.control = this.controlAt = this.controlEnd = 0;
    this.resetNetwork();
  }

  /** Takes over what the link and network layers of another packet say. */
  copy(from: Packet): void {
    this.buf = from.buf;
    this.macAt = from.macAt;
    this.vlan = from.vlan;
    this.outerVlan = from.outerVlan;
    this.etherType = from.etherType;
    this.tunnels = from.tunnels;
    this.control = from.control;
    this.controlAt = from.controlAt;
    this.controlEnd = from.controlEnd;
    this.ipVersion = from.ipVersion;
    this.proto = from.proto;
    this.ttl = from.ttl;
    this.tos = from.tos;
    this.ipId = from.ipId;
    this.s0 = from.s0;
    this.s1 = from.s1;
    this.s2 = from.s2;
    this.s3 = from.s3;
    this.d0 = from.d0;
    this.d1 = from.d1;
    this.d2 = from.d2;
    this.d3 = from.d3;
    this.laterFragment = from.laterFragment;
    this.fragment = from.fragment;
    this.fragmentOffset = from.fragmentOffset;
    this.partial = from.partial;
    this.sport = from.sport;
    this.dport = from.dport;
    this.tcpFlags = from.tcpFlags;
    this.seq = from.seq;
    this.ack = from.ack;
    this.window = from.window;
    this.icmpType = from.icmpType;
    this.icmpCode = from.icmpCode;
    this.payloadAt = from.payloadAt;
    this.payloadLen = from.payloadLen;
    this.payloadWire = from.payloadWire;
  }

  /** Forgets the network layer and what is above, for a packet inside a packet. */
  resetNetwork(): void {
    this.ipVersion = 0;
    this.proto = 0;
    this.ttl = 0;
    this.tos = 0;
    this.ipId = 0;
    this.s0 = this.s1 = this.s2 = this.s3 = 0;
    this.d0 = this.d1 = this.d2 = this.d3 = 0;
    this.laterFragment = false;
    this.fragment = false;
    this.fragmentOffset = 0;
    this.partial = false;
    this.sport = this.dport = 0;
    this.tcpFlags = 0;
    this.seq = this.ack = this.window = 0;
    this.icmpType = this.icmpCode = 0;
    this.payloadAt = this.payloadLen = this.payloadWire = 0;
  }
}

export const TCP = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 } as const;
export const IPPROTO = {
  ICMP: 1,
  IGMP: 2,
  IPIP: 4,
  TCP: 6,
  UDP: 17,
  IPV6: 41,
  GRE: 47,
  ESP: 50,
  AH: 51,
  ICMPV6: 58,
  L2TP: 115,
  SCTP: 132,
} as const;
