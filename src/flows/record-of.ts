/** Makes the plain FlowRecord of a flow in the table. */

import { IPPROTO } from '../decode/packet.ts';
import type { FlowInfo } from '../protocols/info.ts';
import { ipText, isGroup, macText, type Networks } from './address.ts';
import { communityId } from './community-id.ts';
import {
  BIT,
  CONFIDENCE,
  EVIDENCE,
  ID,
  ID_STRIDE,
  KEY,
  KEY_STRIDE,
  MAC,
  MAC_STRIDE,
  NUM,
  NUM_STRIDE,
  TRACK,
  TRACK_STRIDE,
} from './layout.ts';
import type { ClientEvidence, Direction, Endpoint, FlowEnd, FlowRecord, TcpState } from './record.ts';
import type { FlowTable } from './table.ts';

/** What other rooms keep beside the table. */
export interface FlowExtras {
  info: FlowInfo | undefined;
  risks: { id: number; value: string }[] | undefined;
}

export function recordOf(t: FlowTable, f: number, end: FlowEnd, networks: Networks, extras: FlowExtras): FlowRecord {
  const key = f * KEY_STRIDE;
  const num = f * NUM_STRIDE;
  const track = f * TRACK_STRIDE;
  const bits = t.keys[key + KEY.BITS]!;
  const meta = t.keys[key + KEY.META]!;
  const ports = t.keys[key + KEY.PORTS]!;
  const version = ((meta >> 8) & 15) as 4 | 6;
  const proto = meta & 0xff;
  const clientB = (bits & BIT.CLIENT_B) !== 0;
  const a = endpoint(t, f, version, KEY.A, ports >>> 16, MAC.A, networks);
  const b = endpoint(t, f, version, KEY.B, ports & 0xffff, MAC.B, networks);
  const icmp = proto === IPPROTO.ICMP || proto === IPPROTO.ICMPV6 ? t.track[track + TRACK.ICMP]! : 0;
  const id = f * ID_STRIDE;
  const tuple = {
    version,
    proto,
    a: t.keys.subarray(key, key + 4) as unknown as number[],
    b: t.keys.subarray(key + 4, key + 8) as unknown as number[],
    aPort: a.port,
    bPort: b.port,
    icmpType: icmp >> 8,
    icmpCode: icmp & 255,
  };
  return {
    id: t.nums[num + NUM.ID]!,
    firstMs: t.nums[num + NUM.FIRST]! / 1000,
    lastMs: t.nums[num + NUM.LAST]! / 1000,
    vlan: (meta >> 12) & 0xfff,
    ipVersion: version,
    proto,
    client: clientB ? b : a,
    server: clientB ? a : b,
    clientBy: EVIDENCE[(bits & BIT.EVIDENCE_MASK) >> BIT.EVIDENCE_SHIFT] as ClientEvidence,
    c2s: direction(t, num, track, clientB ? 1 : 0, proto),
    s2c: direction(t, num, track, clientB ? 0 : 1, proto),
    master: t.ids[id + ID.MASTER]!,
    app: t.ids[id + ID.APP]!,
    category: t.ids[id + ID.CATEGORY]!,
    confidence: CONFIDENCE[t.ids[id + ID.CONFIDENCE]!] ?? 'none',
    tcpState: proto === IPPROTO.TCP ? tcpState(bits) : 'none',
    handshake: (bits & BIT.ESTABLISHED) !== 0,
    clientRttUs: t.track[track + TRACK.CLIENT_RTT]!,
    serverRttUs: t.track[track + TRACK.SERVER_RTT]!,
    icmpType: icmp >> 8,
    icmpCode: icmp & 255,
    end,
    info: extras.info ?? {},
    risks: extras.risks ?? [],
    get communityId() {
      return communityId(tuple);
    },
  };
}

function endpoint(
  t: FlowTable,
  f: number,
  version: 4 | 6,
  words: number,
  port: number,
  mac: number,
  networks: Networks,
): Endpoint {
  const at = f * KEY_STRIDE + words;
  const k = t.keys;
  const [w0, w1, w2, w3] = [k[at]!, k[at + 1]!, k[at + 2]!, k[at + 3]!];
  return {
    ip: ipText(version, w0, w1, w2, w3),
    port,
    mac: macText(t.macs, f * MAC_STRIDE + mac),
    local: networks.indexOf(version, w0, w1, w2, w3) >= 0,
    group: isGroup(version, w0, w3),
  };
}

function direction(t: FlowTable, num: number, track: number, side: number, proto: number): Direction {
  const payload = t.nums[num + NUM.PAYLOAD + side]!;
  const tcp = proto === IPPROTO.TCP;
  return {
    packets: t.nums[num + NUM.PACKETS + side]!,
    bytes: t.nums[num + NUM.BYTES + side]!,
    payload,
    goodput: payload - t.track[track + TRACK.REPEATED + side]!,
    tcpFlags: (t.track[track + TRACK.FLAGS]! >> (side * 8)) & 255,
    retransmissions: t.track[track + TRACK.RETRANS + side]!,
    outOfOrder: t.track[track + TRACK.OUT_OF_ORDER + side]!,
    lost: t.track[track + TRACK.LOST + side]!,
    zeroWindows: tcp ? (t.track[track + TRACK.ZERO_WINDOWS]! >>> (side * 16)) & 0xffff : 0,
  };
}

function tcpState(bits: number): TcpState {
  if (bits & BIT.RST) return 'reset';
  const fins = bits & (BIT.FIN_A | BIT.FIN_B);
  if (fins) return fins === (BIT.FIN_A | BIT.FIN_B) ? 'closed' : 'closing';
  if (bits & BIT.ESTABLISHED) return 'established';
  if (bits & BIT.SYN_ACK) return 'syn_received';
  return bits & BIT.SYN ? 'syn_sent' : 'midstream';
}
