/** A made-up network that talks, as a capture: hosts, lookups, encrypted and plain sessions, at times that one chooses. */
import { LINKTYPE, newFrame } from '../../src/capture/source.ts';
import { PcapFile } from '../../src/capture/writer.ts';
import { bytes, clientHello, conversation, dns, ethernet, type Host, ipPacket, tcp, u16, u32, udp } from './frames.ts';

export type Turn = ['>' | '<', Buffer];

const SYN = 2;
const RST_ACK = 20;
const ACK_PSH = 24;

export const ROUTER: Host = { ip: '192.168.1.1', mac: '02:00:00:00:01:01' };
const EVERYONE: Host = { ip: '255.255.255.255', mac: 'ff:ff:ff:ff:ff:ff' };
const NOBODY = '0.0.0.0';

/** A device of the network; `n` is the last number of its address. Its MAC is a maker's, not a random one. */
export const device = (n: number): Host => ({ ip: `192.168.1.${n}`, mac: `00:1b:63:00:00:${hex(n)}` });
/** A host of the Internet: behind the router's MAC. */
export const remote = (ip: string): Host => ({ ip, mac: ROUTER.mac });
const hex = (n: number): string => n.toString(16).padStart(2, '0');
/** 198.51.100.0/24 and 203.0.113.0/24 are for documentation (RFC 5737). */
export const site = (n: number): Host => remote(n < 256 ? `203.0.113.${n}` : `198.51.100.${n - 256}`);

export class Traffic {
  readonly #frames: { at: number; n: number; frame: Buffer }[] = [];
  /** Added to every time from now on. */
  shift = 0;
  #port = 40_000;
  #id = 1;

  /** Seconds after the begin. */
  add(at: number, ...frames: Buffer[]): void {
    for (const [i, frame] of frames.entries())
      this.#frames.push({ at: this.shift + at + i * 0.004, n: this.#frames.length, frame });
  }
  port(): number {
    this.#port = this.#port >= 60_000 ? 40_000 : this.#port + 1;
    return this.#port;
  }

  /** A lookup and its answer, by the router unless another server is given. */
  lookup(at: number, who: Host, name: string, answer: string | undefined, server = ROUTER): void {
    const port = this.port();
    const id = this.#id++ & 0xffff;
    this.add(at, udp(who, server, port, 53, dns(id, name)));
    if (answer !== undefined) this.add(at + 0.02, udp(server, who, 53, port, dns(id, name, answer)));
  }

  talk(at: number, from: Host, to: Host, port: number, turns: Turn[]): void {
    this.add(at, ...conversation(from, to, this.port(), port, turns));
  }

  /** TLS: a hello with the name and records both ways. */
  tls(at: number, from: Host, to: Host, name: string, up = 300, down = 1200, records = 2, port = 443): void {
    const record = (size: number) => bytes([23, 3, 3], u16(size), Buffer.alloc(size, 0x5a));
    const turns: Turn[] = [['>', clientHello(name)]];
    for (let i = 0; i < records; i++) turns.push(['<', record(down)], ['>', record(up)]);
    this.talk(at, from, to, port, turns);
  }

  http(at: number, from: Host, to: Host, host: string, path = '/'): void {
    this.talk(at, from, to, 80, [
      ['>', bytes(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: Mozilla/5.0\r\nAccept: */*\r\n\r\n`)],
      ['<', bytes('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok')],
    ]);
  }

  /** A SYN that is refused, or not answered. */
  refused(at: number, from: Host, to: Host, port: number, answered = true): void {
    const sport = this.port();
    this.add(at, tcp(from, to, { sport, dport: port, seq: 1, ack: 0, flags: SYN }));
    if (answered) this.add(at + 0.01, tcp(to, from, { sport: port, dport: sport, seq: 0, ack: 2, flags: RST_ACK }));
  }

  /** More of an open connection, without handshake: `count` segments of `size` from `from`. */
  push(
    at: number,
    from: Host,
    to: Host,
    sport: number,
    port: number,
    count: number,
    size: number,
    seconds: number,
  ): void {
    for (let i = 0; i < count; i++) {
      const when = at + (i * seconds) / count;
      this.add(
        when,
        tcp(from, to, {
          sport,
          dport: port,
          seq: 1001 + i * size,
          ack: 5001,
          flags: ACK_PSH,
          payload: Buffer.alloc(size, 0x5a),
        }),
      );
    }
  }

  ntp(at: number, who: Host, server: Host): void {
    const message = (mode: number) => bytes([0x20 | mode, 2, 6, 0xec], Buffer.alloc(44, mode));
    this.add(at, udp(who, server, 123, 123, message(3)), udp(server, who, 123, 123, message(4)));
  }

  /** A lease: discover, offer, request, acknowledge. */
  dhcp(at: number, who: Host, name: string, server = ROUTER): void {
    const mac = Buffer.from(who.mac.replaceAll(':', ''), 'hex');
    const message = (op: number, kind: number, options: Buffer) =>
      bytes(
        [op, 1, 6, 0],
        u32(0x12340000 + this.#id++),
        Buffer.alloc(8),
        op === 2 ? ipBytes(who.ip) : u32(0),
        ipBytes(op === 2 ? server.ip : NOBODY),
        u32(0),
        mac,
        Buffer.alloc(202),
        u32(0x63825363),
        [53, 1, kind],
        options,
        255,
      );
    const asking: Host = { ip: NOBODY, mac: who.mac };
    const hostname = bytes([12, name.length], name, [55, 4, 1, 3, 6, 15]);
    const given = bytes([54, 4], ipBytes(server.ip), [51, 4], u32(86_400));
    this.add(at, udp(asking, EVERYONE, 68, 67, message(1, 1, hostname)));
    this.add(at + 0.1, udp(server, who, 67, 68, message(2, 2, given)));
    this.add(at + 0.2, udp(asking, EVERYONE, 68, 67, message(1, 3, hostname)));
    this.add(at + 0.3, udp(server, who, 67, 68, message(2, 5, given)));
  }

  /** "ip is at mac", RFC 826; unasked for when `to` is everybody. */
  arp(at: number, who: Host, claims: string, to: Host = EVERYONE): void {
    const mac = Buffer.from(who.mac.replaceAll(':', ''), 'hex');
    const target = Buffer.from(to.mac.replaceAll(':', ''), 'hex');
    const body = bytes(
      u16(1),
      u16(0x0800),
      [6, 4],
      u16(2),
      mac,
      ipBytes(claims),
      target,
      ipBytes(to === EVERYONE ? claims : to.ip),
    );
    this.add(at, ethernet(who, to, body, 0x0806));
  }

  /** An IPv6 router advertisement, RFC 4861 section 4.2. */
  advertise(at: number, router: Host): void {
    const all: Host = { ip: 'ff02::1', mac: '33:33:00:00:00:01' };
    const body = bytes(
      [134, 0, 0, 0, 64, 0],
      u16(1800),
      u32(0),
      u32(0),
      [1, 1],
      Buffer.from(router.mac.replaceAll(':', ''), 'hex'),
    );
    body.writeUInt16BE(icmp6Sum(router.ip, all.ip, body), 2);
    const packet = ipPacket(router.ip, all.ip, 58, body);
    packet[7] = 255;
    this.add(at, ethernet(router, all, packet, 0x86dd));
  }

  get size(): number {
    return this.#frames.length;
  }

  /** Writes the capture; `start` is in seconds since the epoch. */
  write(path: string, start: number): void {
    this.#frames.sort((a, b) => a.at - b.at || a.n - b.n);
    const writer = new PcapFile(path, LINKTYPE.ETHERNET);
    const frame = newFrame();
    for (const { at, frame: data } of this.#frames) {
      frame.buf = data;
      frame.off = 0;
      frame.capLen = frame.wireLen = data.length;
      frame.timeUs = Math.round((start + at) * 1e6);
      writer.add(frame);
    }
    writer.close();
  }
}

const ipBytes = (text: string): Buffer => Buffer.from(text.split('.').map(Number));

function icmp6Sum(from: string, to: string, body: Buffer): number {
  const head = ipPacket(from, to, 58, Buffer.alloc(0)).subarray(8, 40);
  const all = bytes(head, u32(body.length), u32(58), body);
  let sum = 0;
  for (let i = 0; i < all.length; i += 2) sum += (all[i]! << 8) | (all[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
