/**
 * The flow as the rest of the house sees it: a plain object made from the flow table when a hook, a page or an export
 * asks for it, never per packet.
 */
import type { FlowInfo } from '../protocols/info.ts';

export interface Endpoint {
  ip: string;
  port: number;
  /** "aa:bb:cc:dd:ee:ff" or "" where the link has none. */
  mac: string;
  /** Inside one of the local networks. */
  local: boolean;
  /** Broadcast or multicast address. */
  group: boolean;
}

export interface Direction {
  packets: number;
  /** Bytes of whole frames as on the wire, link header included, without FCS. */
  bytes: number;
  /** Bytes of transport payload. */
  payload: number;
  /** The same without what TCP sent again. */
  goodput: number;
  /** Union of TCP flags seen. */
  tcpFlags: number;
  retransmissions: number;
  outOfOrder: number;
  lost: number;
  /** Segments of this side that said its buffer is full. */
  zeroWindows: number;
}

/** How the protocol was found; `port` is a declared guess. */
export type Confidence = 'none' | 'port' | 'address' | 'behaviour' | 'content';

/** How far a TCP connection came; midstream = its begin was not seen. */
export type TcpState =
  | 'none'
  | 'syn_sent'
  | 'syn_received'
  | 'established'
  | 'closing'
  | 'closed'
  | 'reset'
  | 'midstream';

/** Why the flow ended. */
export type FlowEnd = 'active' | 'idle' | 'fin' | 'rst' | 'evicted' | 'shutdown';

/** What made us call one side the client. */
export type ClientEvidence = 'syn' | 'protocol' | 'port' | 'first_seen';

export interface FlowRecord {
  /** Unique within this run of the engine, below 2^53. */
  id: number;
  /** Milliseconds since the epoch, packet time. */
  firstMs: number;
  lastMs: number;
  /** VLAN id of the outer-most tag, 0 when untagged. */
  vlan: number;
  ipVersion: 4 | 6;
  /** IP protocol number. */
  proto: number;
  client: Endpoint;
  server: Endpoint;
  clientBy: ClientEvidence;
  c2s: Direction;
  s2c: Direction;
  /** nDPI ids; 0 = unknown. `app` equals `master` when there is no application inside it. */
  master: number;
  app: number;
  category: number;
  confidence: Confidence;
  /** 'none' when it is not TCP. */
  tcpState: TcpState;
  /** TCP handshake seen complete. */
  handshake: boolean;
  /** Round-trip times of the handshake in microseconds, 0 when unknown. */
  clientRttUs: number;
  serverRttUs: number;
  icmpType: number;
  icmpCode: number;
  end: FlowEnd;
  /** What the protocol parsers learned; strings here are the network's and must be treated as hostile. */
  info: FlowInfo;
  /** nDPI risk ids with the value that raised each. */
  risks: { id: number; value: string }[];
  /** Shared flow hash, "1:..." (community id v1). */
  communityId: string;
}
