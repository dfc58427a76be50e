/**
 * One frame for each encapsulation that is decoded, all around the same UDP datagram "hello" from 192.168.1.2:40000 to
 * 192.168.1.1:53: for tests of decoding, as seeds of the fuzzer, and as small captures.
 */
import { LINKTYPE } from '../../src/capture/source.ts';
import { bytes, ethernet, type Host, ipPacket, u16, u32, udp } from './frames.ts';

export const CLIENT: Host = { ip: '192.168.1.2', mac: '02:00:00:00:00:0a' };
export const SERVER: Host = { ip: '192.168.1.1', mac: '02:00:00:00:00:0b' };
const LEFT: Host = { ip: '10.9.0.1', mac: '02:00:00:00:09:01' };
/** End of all tunnels here: the appliance's own address where a test says so. */
export const RIGHT: Host = { ip: '10.9.0.2', mac: '02:00:00:00:09:02' };

const datagram = bytes(u16(40_000), u16(53), u16(13), u16(0), 'hello');
export const INNER_IP = ipPacket(CLIENT.ip, SERVER.ip, 17, datagram);
export const INNER_FRAME = udp(CLIENT, SERVER, 40_000, 53, Buffer.from('hello'));

export interface Encapsulation {
  name: string;
  /** Name in TUNNEL_NAMES, "" for what is always followed. */
  tunnel: string;
  data: Buffer;
  linkType: number;
  /** Tunnels around the datagram. */
  depth: number;
}

const overIp = (proto: number, payload: Buffer): Buffer =>
  ethernet(LEFT, RIGHT, ipPacket(LEFT.ip, RIGHT.ip, proto, payload));
const overUdp = (port: number, payload: Buffer): Buffer => udp(LEFT, RIGHT, 49_152, port, payload);

const gre = (flags: number, type: number, ...rest: Buffer[]): Buffer =>
  overIp(47, bytes(u16(flags), u16(type), ...rest));
const erspan2 = (word: number): Buffer => bytes(u16(0x1000 | 7), u16(word), u32(0));
const erspan3 = (last: number): Buffer => bytes(u16(0x2000 | 7), u16(5), u32(12_345), u16(0), u16(last));

const wlanHead = (flags: number, control = 0x08): Buffer =>
  bytes(control, flags, 0, 0, Buffer.alloc(18, 2), 0x10, 0, ...(control & 0x80 ? [0, 0] : []));
const snap = bytes(0xaa, 0xaa, 3, 0, 0, 0, u16(0x0800));
const wlan = (flags: number, control?: number): Buffer => bytes(wlanHead(flags, control), snap, INNER_IP);
const swapped = (frame: Buffer): Buffer => bytes(frame[1]!, frame[0]!, frame.subarray(2));

const plain = (name: string, linkType: number, ...parts: Parameters<typeof bytes>): Encapsulation => ({
  name,
  tunnel: '',
  data: bytes(...parts),
  linkType,
  depth: 0,
});
const tunnel = (name: string, kind: string, data: Buffer, depth = 1): Encapsulation => ({
  name,
  tunnel: kind,
  data,
  linkType: LINKTYPE.ETHERNET,
  depth,
});

const inner6 = ipPacket('2001:db8::2', '2001:db8::1', 17, datagram);
const macs = INNER_FRAME.subarray(0, 12);

export const ENCAPSULATIONS: readonly Encapsulation[] = [
  plain('ethernet', LINKTYPE.ETHERNET, INNER_FRAME),
  plain('802.1q', LINKTYPE.ETHERNET, macs, u16(0x8100), u16(7), u16(0x0800), INNER_IP),
  plain('802.1ad', LINKTYPE.ETHERNET, macs, u16(0x88a8), u16(9), u16(0x8100), u16(7), u16(0x0800), INNER_IP),
  plain('qinq', LINKTYPE.ETHERNET, macs, u16(0x8100), u16(9), u16(0x8100), u16(7), u16(0x0800), INNER_IP),
  plain('mpls', LINKTYPE.ETHERNET, macs, u16(0x8847), bytes(0, 1, 0, 64), bytes(0, 2, 1, 64), INNER_IP),
  plain('pppoe', LINKTYPE.ETHERNET, macs, u16(0x8864), [0x11, 0, 0, 1], u16(INNER_IP.length + 2), u16(0x21), INNER_IP),
  plain('llc-snap', LINKTYPE.ETHERNET, macs, u16(INNER_IP.length + 8), snap, INNER_IP),
  plain('llc-ip', LINKTYPE.ETHERNET, macs, u16(INNER_IP.length + 3), [6, 6, 3], INNER_IP),
  plain('sll', LINKTYPE.LINUX_SLL, Buffer.alloc(14), u16(0x0800), INNER_IP),
  plain('sll2', LINKTYPE.LINUX_SLL2, u16(0x0800), Buffer.alloc(18), INNER_IP),
  plain('raw', LINKTYPE.RAW, INNER_IP),
  plain('null', LINKTYPE.NULL, [2, 0, 0, 0], INNER_IP),
  plain('loop', LINKTYPE.LOOP, [0, 0, 0, 2], INNER_IP),
  plain('ppp', LINKTYPE.PPP, [0xff, 3, 0, 0x21], INNER_IP),
  plain('chdlc', LINKTYPE.CHDLC, [0x0f, 0], u16(0x0800), INNER_IP),
  plain('ppi-ethernet', LINKTYPE.PPI, [0, 0, 8, 0, 1, 0, 0, 0], INNER_FRAME),
  plain('ppi-wlan', LINKTYPE.PPI, [0, 0, 8, 0, 105, 0, 0, 0], wlan(2)),
  plain('wlan-from-ds', LINKTYPE.IEEE802_11, wlan(2)),
  plain('wlan-to-ds', LINKTYPE.IEEE802_11, wlan(1)),
  plain('wlan-qos', LINKTYPE.IEEE802_11, wlan(2, 0x88)),
  plain('wlan-wds', LINKTYPE.IEEE802_11, wlanHead(3), Buffer.alloc(6, 2), snap, INNER_IP),
  plain('radiotap', LINKTYPE.IEEE802_11_RADIOTAP, [0, 0, 8, 0, 0, 0, 0, 0], wlan(1)),
  // Two words of present bits, a time stamp, flags with "padded": QoS makes the header 26 bytes, filled up to 28.
  plain(
    'radiotap-padded',
    LINKTYPE.IEEE802_11_RADIOTAP,
    [0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0],
    Buffer.alloc(8),
    0x20,
    wlanHead(2, 0x88),
    [0, 0],
    snap,
    INNER_IP,
  ),
  tunnel('ip-in-ip', 'ipip', overIp(4, INNER_IP)),
  tunnel(
    '4in6',
    '6in4',
    ethernet(
      { ip: '2001:db8::9', mac: LEFT.mac },
      { ip: '2001:db8::8', mac: RIGHT.mac },
      ipPacket('2001:db8::9', '2001:db8::8', 4, INNER_IP),
    ),
  ),
  tunnel('gre', 'gre', gre(0, 0x0800, INNER_IP)),
  tunnel('gre-key-sequence', 'gre', gre(0x3000, 0x0800, u32(77), u32(1), INNER_IP)),
  tunnel('gre-ethernet', 'gre', gre(0, 0x6558, INNER_FRAME)),
  tunnel('gre-mpls', 'gre', gre(0, 0x8847, bytes(0, 2, 1, 64), INNER_IP)),
  tunnel('pptp', 'gre', gre(0x3081, 0x880b, u16(20), u16(1), u32(1), u32(1), bytes(0xff, 3, 0, 0x21), INNER_IP)),
  tunnel('erspan-1', 'erspan', gre(0, 0x88be, INNER_FRAME)),
  tunnel('erspan-2', 'erspan', gre(0x1000, 0x88be, u32(1), erspan2(5), INNER_FRAME)),
  tunnel('erspan-3', 'erspan', gre(0x1000, 0x22eb, u32(1), erspan3(0), INNER_FRAME)),
  tunnel('erspan-3-subheader', 'erspan', gre(0x1000, 0x22eb, u32(1), erspan3(1), Buffer.alloc(8), INNER_FRAME)),
  tunnel('erspan-3-ip', 'erspan', gre(0x1000, 0x22eb, u32(1), erspan3(2 << 10), INNER_IP)),
  tunnel('vxlan', 'vxlan', overUdp(4789, bytes(8, 0, 0, 0, 0, 0, 42, 0, INNER_FRAME))),
  tunnel('vxlan-gpe', 'vxlan', overUdp(4790, bytes(0x0c, 0, 0, 1, 0, 0, 42, 0, INNER_IP))),
  tunnel('geneve', 'geneve', overUdp(6081, bytes(0, 0, u16(0x6558), 0, 0, 42, 0, INNER_FRAME))),
  tunnel('geneve-options', 'geneve', overUdp(6081, bytes(2, 0, u16(0x0800), 0, 0, 42, 0, Buffer.alloc(8), INNER_IP))),
  tunnel('gtp-u', 'gtpu', overUdp(2152, bytes(0x30, 255, u16(INNER_IP.length), u32(99), INNER_IP))),
  tunnel(
    'gtp-u-extension',
    'gtpu',
    overUdp(2152, bytes(0x34, 255, u16(INNER_IP.length + 8), u32(99), [0, 0, 0, 0x85], [1, 0, 0, 0], INNER_IP)),
  ),
  tunnel('capwap', 'capwap', overUdp(5247, bytes(0, 0x10, 2, 0, u32(0), INNER_FRAME))),
  tunnel('capwap-wlan', 'capwap', overUdp(5247, bytes(0, 0x10, 3, 0, u32(0), wlan(1)))),
  tunnel('capwap-wlan-swapped', 'capwap', overUdp(5247, bytes(0, 0x10, 3, 0, u32(0), swapped(wlan(1))))),
  tunnel('tzsp', 'tzsp', overUdp(37_008, bytes(1, 0, 0, 1, 1, INNER_FRAME))),
  tunnel('tzsp-tags', 'tzsp', overUdp(37_008, bytes(1, 0, 0, 18, 0, 10, 1, 200, 1, wlan(2)))),
  tunnel(
    'l2tp',
    'l2tp',
    overUdp(1701, bytes(0x40, 2, u16(INNER_IP.length + 12), u16(1), u16(2), [0xff, 3, 0, 0x21], INNER_IP)),
  ),
  tunnel('l2tp-v3', 'l2tp', overIp(115, bytes(u32(7), u32(0xc00c1e), INNER_FRAME))),
  tunnel(
    'vxlan-in-erspan',
    'all',
    gre(0x1000, 0x88be, u32(1), erspan2(5), overUdp(4789, bytes(8, 0, 0, 0, 0, 0, 42, 0, INNER_FRAME))),
    2,
  ),
];

/** Teredo bears IPv6 only: the same datagram between 2001:db8::2 and ::1. */
export const TEREDO: Encapsulation = tunnel(
  'teredo',
  'teredo',
  overUdp(3544, bytes(0, 0, 0x12, 0x34, u32(0xc0a80101 ^ -1), inner6)),
);
export const SIX_IN_FOUR: Encapsulation = tunnel('6in4', '6in4', overIp(41, inner6));
