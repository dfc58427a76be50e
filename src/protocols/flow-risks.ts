/**
 * Risks that show in a flow as a whole: what was found where, what breed it is, and, when it ends, that one side never
 * answered or a scan was answered with a reset.
 */
import { IPPROTO } from '../decode/packet.ts';
import { isGroup } from '../flows/address.ts';
import {
  BIT,
  CONFIDENCE_OF,
  ID,
  ID_STRIDE,
  KEY,
  KEY_STRIDE,
  NUM,
  NUM_STRIDE,
  TRACK,
  TRACK_STRIDE,
} from '../flows/layout.ts';
import type { FlowTable } from '../flows/table.ts';
import { breedOf, protocolName } from './catalogue.ts';
import { standardPorts } from './data/standard-ports.ts';
import { RISK } from './risks.ts';

const tcpPorts = new Map<number, readonly number[]>();
const udpPorts = new Map<number, readonly number[]>();
for (const line of standardPorts.trim().split('\n')) {
  const [id, tcp, udp] = line.split(' ') as [string, string, string];
  if (tcp !== '-') tcpPorts.set(Number(id), tcp.split(',').map(Number));
  if (udp !== '-') udpPorts.set(Number(id), udp.split(',').map(Number));
}

/** Breeds that the owner should know of. */
const UNSAFE = new Set(['Unsafe', 'Potentially Dangerous', 'Dangerous']);
/** Screens and files of one machine on another: AnyDesk, NoMachine, Radmin, RDP, TeamViewer, VNC, XDMCP. */
const SHARING = new Set([15, 88, 89, 148, 252, 378, 391]);
const RDP = 88;
const DNS = 5;
/** DNS inside TLS or QUIC has ports of its own: 853, and 784 and 8853 before RFC 9250. */
const DOT = 196;
const DOT_PORTS = new Set([853, 784, 8853]);
/** Protocols in which nobody answers: media, log lines, flow records. */
const ONE_WAY = new Set([17, 87, 128, 129, 175, 198, 338]);

type Note = (id: number, value: string) => void;

/** Once the protocol of flow f is settled. */
export function settledRisks(t: FlowTable, f: number, note: Note): void {
  const ids = f * ID_STRIDE;
  const master = t.ids[ids + ID.MASTER]!;
  const app = t.ids[ids + ID.APP]! || master;
  if (!master) return;
  if (UNSAFE.has(breedOf(app)) || UNSAFE.has(breedOf(master))) {
    note(RISK.UNSAFE_PROTOCOL, protocolName(UNSAFE.has(breedOf(app)) ? app : master));
  }
  const sure = t.ids[ids + ID.CONFIDENCE] === CONFIDENCE_OF.content;
  // To ask for a name is not yet to share a screen.
  const shared = master === DNS ? 0 : SHARING.has(app) ? app : SHARING.has(master) ? master : 0;
  // Who only knocks at a remote desktop's port is worth a word as well.
  if (shared && (sure || shared === RDP)) note(RISK.SHARING_SESSION, protocolName(shared));
  if (sure) portRisk(t, f, master, app, note);
}

function portRisk(t: FlowTable, f: number, master: number, app: number, note: Note): void {
  const key = f * KEY_STRIDE;
  const proto = t.keys[key + KEY.META]! & 0xff;
  const usual = (proto === IPPROTO.TCP ? tcpPorts : proto === IPPROTO.UDP ? udpPorts : undefined)?.get(master);
  if (!usual) return;
  const ports = t.keys[key + KEY.PORTS]!;
  const a = ports >>> 16;
  const b = ports & 0xffff;
  if (usual.includes(a) || usual.includes(b)) return;
  if (app === DOT && (DOT_PORTS.has(a) || DOT_PORTS.has(b))) return;
  const server = t.keys[key + KEY.BITS]! & BIT.CLIENT_B ? a : b;
  note(RISK.NON_STANDARD_PORT, `${protocolName(master)} on port ${server}, usual is ${usual.slice(0, 4).join(', ')}`);
}

/** When flow f ends: nothing more will come. */
export function endRisks(t: FlowTable, f: number, note: Note): void {
  const num = f * NUM_STRIDE;
  const key = f * KEY_STRIDE;
  const fromA = t.nums[num + NUM.PACKETS]!;
  const fromB = t.nums[num + NUM.PACKETS + 1]!;
  const proto = t.keys[key + KEY.META]! & 0xff;
  if ((fromA === 0 || fromB === 0) && !ONE_WAY.has(t.ids[f * ID_STRIDE + ID.MASTER]!) && !toMany(t, key)) {
    const clientB = (t.keys[key + KEY.BITS]! & BIT.CLIENT_B) !== 0;
    note(RISK.UNIDIRECTIONAL, (fromB === 0) !== clientB ? 'no traffic from the server' : 'no traffic from the client');
  }
  if (proto === IPPROTO.TCP && fromA + fromB > 0) tcpRisk(t, f, fromA, fromB, note);
}

/** One of the addresses is multicast or broadcast; also the directed broadcast of the usual /24 (RFC 919 section 7). */
function toMany(t: FlowTable, key: number): boolean {
  const version = (t.keys[key + KEY.META]! >> 8) & 15;
  for (const at of [key + KEY.A, key + KEY.B]) {
    if (isGroup(version, t.keys[at]!, t.keys[at + 3]!)) return true;
    if (version === 4 && (t.keys[at + 3]! & 0xff) === 0xff) return true;
  }
  return false;
}

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

/** Connections that were refused, and segments that no conversation has. */
function tcpRisk(t: FlowTable, f: number, fromA: number, fromB: number, note: Note): void {
  const flags = t.track[f * TRACK_STRIDE + TRACK.FLAGS]!;
  const a = flags & 255;
  const b = (flags >> 8) & 255;
  if ((fromA > 0 && a === 0) || (fromB > 0 && b === 0)) {
    note(RISK.TCP_ISSUES, 'null scan');
    return;
  }
  const num = f * NUM_STRIDE;
  if (t.nums[num + NUM.PAYLOAD]! + t.nums[num + NUM.PAYLOAD + 1]! > 0) return;
  const [client, server] = t.keys[f * KEY_STRIDE + KEY.BITS]! & BIT.CLIENT_B ? [b, a] : [a, b];
  if (client & SYN) {
    if (server & RST) note(RISK.TCP_ISSUES, 'connection refused by the server');
    else if (client & RST) note(RISK.TCP_ISSUES, 'connection refused by the client');
  } else if (client & FIN && !(client & ACK)) note(RISK.TCP_ISSUES, client & 32 ? 'xmas scan' : 'fin scan');
  else if (fromA + fromB === 1 && (client | server) & RST) note(RISK.TCP_ISSUES, 'probe answered by a reset');
}
