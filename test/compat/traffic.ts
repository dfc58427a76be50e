/** Traffic of a small office in pieces: each function gives frames with their second. */
import { bytes, clientHello, conversation, dns, ethernet, type Host, tcp, u16, u32, udp } from '../kit/frames.ts';

export type Timed = { at: number; frame: Buffer };

export const ROUTER: Host = { ip: '192.168.1.1', mac: '02:00:00:00:01:01' };
export const DESK: Host = { ip: '192.168.1.10', mac: '02:00:00:00:02:10' };
export const DESK2: Host = { ip: '192.168.1.11', mac: '02:00:00:00:02:11' };
export const SITE: Host = { ip: '203.0.113.10', mac: ROUTER.mac };
export const OTHER: Host = { ip: '198.51.100.53', mac: ROUTER.mac };

const at = (second: number, frames: Buffer[], step = 0.002): Timed[] =>
  frames.map((frame, i) => ({ at: second + i * step, frame }));

let port = 40_000;
let id = 0;

export const lookup = (second: number, client = DESK, server: Host = ROUTER, name = 'www.example.com'): Timed[] => {
  const sport = ++port;
  return at(second, [
    udp(client, server, sport, 53, dns(++id, name)),
    udp(server, client, 53, sport, dns(id, name, '203.0.113.10')),
  ]);
};
/** Questions that nobody answers. */
export const unanswered = (second: number, n: number, client = DESK, server: Host = ROUTER): Timed[] =>
  Array.from({ length: n }, (_, i) => ({
    at: second + i * 0.1,
    frame: udp(client, server, ++port, 53, dns(++id, `x${i}.example.com`)),
  }));

export const web = (
  second: number,
  client = DESK,
  server: Host = SITE,
  url = '/',
  dport = 80,
  host = 'www.example.com',
): Timed[] => {
  const request = `GET ${url} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: desk/1.0\r\nAccept: */*\r\n\r\n`;
  const answer = 'HTTP/1.1 200 OK\r\nServer: example\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok';
  return at(
    second,
    conversation(client, server, ++port, dport, [
      ['>', bytes(request)],
      ['<', bytes(answer)],
    ]),
  );
};

export const secure = (second: number, name: string, client = DESK, server: Host = SITE): Timed[] =>
  at(
    second,
    conversation(client, server, ++port, 443, [
      ['>', clientHello(name)],
      ['<', bytes([23, 3, 3, 0, 64], Buffer.alloc(64, 1))],
    ]),
  );

/** A download of `n` segments of 1000 bytes. */
export const download = (second: number, n: number, client = DESK, server: Host = SITE): Timed[] =>
  at(
    second,
    conversation(client, server, ++port, 8080, [
      ['>', bytes('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
      ...Array.from({ length: n }, (): ['<', Buffer] => ['<', Buffer.alloc(1000, 0x41)]),
    ]),
    0.0005,
  );

/** A connection on which most segments of the server come twice. */
export function troubled(second: number, seconds: number, client = DESK, server: Host = SITE): Timed[] {
  const sport = ++port;
  const SYN = 2;
  const ACK = 16;
  const out: Timed[] = at(second, [
    tcp(client, server, { sport, dport: 443, seq: 1000, ack: 0, flags: SYN }),
    tcp(server, client, { sport: 443, dport: sport, seq: 5000, ack: 1001, flags: SYN | ACK }),
    tcp(client, server, { sport, dport: 443, seq: 1001, ack: 5001, flags: ACK }),
    tcp(client, server, { sport, dport: 443, seq: 1001, ack: 5001, flags: ACK, payload: clientHello('a.example') }),
  ]);
  let seq = 5001;
  for (let s = 1; s < seconds; s += 2) {
    const part = () =>
      tcp(server, client, { sport: 443, dport: sport, seq, ack: 1300, flags: ACK, payload: Buffer.alloc(100, 7) });
    out.push(
      { at: second + s, frame: part() },
      { at: second + s + 0.4, frame: part() },
      { at: second + s + 0.8, frame: part() },
    );
    seq += 100;
  }
  return out;
}
/** A connection that lives long and carries little but headers. */
export function poor(second: number, seconds: number, client = DESK, server: Host = SITE): Timed[] {
  const sport = ++port;
  const out: Timed[] = at(second, [
    tcp(client, server, { sport, dport: 443, seq: 1000, ack: 0, flags: 2 }),
    tcp(server, client, { sport: 443, dport: sport, seq: 5000, ack: 1001, flags: 18 }),
    tcp(client, server, { sport, dport: 443, seq: 1001, ack: 5001, flags: 16 }),
  ]);
  for (let s = 1, seq = 1001; s < seconds; s += 5, seq++)
    out.push(
      {
        at: second + s,
        frame: tcp(client, server, { sport, dport: 443, seq, ack: 5001, flags: 24, payload: Buffer.from('x') }),
      },
      {
        at: second + s + 0.1,
        frame: tcp(server, client, { sport: 443, dport: sport, seq: 5001, ack: seq + 1, flags: 16 }),
      },
    );
  return out;
}

export const clock = (second: number, client = DESK, server: Host = SITE): Timed[] => {
  const ntp = (mode: number) => bytes([0x20 | mode, 2, 6, 0xec], Buffer.alloc(44, mode));
  return at(second, [udp(client, server, 123, 123, ntp(3)), udp(server, client, 123, 123, ntp(4))]);
};

export const mail = (second: number, client = DESK, server: Host = SITE): Timed[] => {
  const line = (text: string) => bytes(`${text}\r\n`);
  return at(
    second,
    conversation(client, server, ++port, 25, [
      ['<', line('220 mail.example.com ESMTP Postfix')],
      ['>', line('EHLO desk.example.com')],
      ['<', line('250-mail.example.com\r\n250 HELP')],
      ['>', line('MAIL FROM:<a@example.com>')],
      ['<', line('250 2.1.0 Ok')],
      ['>', line('RCPT TO:<b@example.org>')],
      ['<', line('250 2.1.5 Ok')],
    ]),
  );
};

export const lease = (second: number, server: Host = ROUTER, client = DESK): Timed[] => {
  const message = (op: number, options: Buffer) =>
    bytes(
      [op, 1, 6, 0],
      u32(0x1234),
      Buffer.alloc(20),
      Buffer.from('0200000002aa', 'hex'),
      Buffer.alloc(202),
      u32(0x63825363),
      options,
      255,
    );
  // A renewal: from the client's address to the server's.
  return at(second, [
    udp(client, server, 68, 67, message(1, bytes([53, 1, 3, 12, 8], 'printer1'))),
    udp(server, client, 67, 68, message(2, bytes([53, 1, 5]))),
  ]);
};

export const oneWay = (second: number, n: number, client = DESK, server: Host = SITE): Timed[] => {
  const sport = ++port;
  return Array.from({ length: n }, (_, i) => ({
    at: second + i * 0.2,
    frame: udp(client, server, sport, 7777, Buffer.from(`hello ${i}, is anybody there?`)),
  }));
};

export const syns = (
  second: number,
  n: number,
  perSecond: number,
  client: Host,
  server: Host,
  spread = true,
): Timed[] =>
  Array.from({ length: n }, (_, i) => ({
    at: second + i / perSecond,
    frame: tcp(client, server, {
      sport: 10_000 + (i % 50_000),
      dport: spread ? 1 + (i % 60_000) : 80,
      seq: i,
      ack: 0,
      flags: 2,
    }),
  }));

/** `n` short UDP flows. */
export const many = (second: number, n: number, perSecond: number, client: Host, server: Host): Timed[] =>
  Array.from({ length: n }, (_, i) => ({
    at: second + i / perSecond,
    frame: udp(client, server, 1024 + (i % 60_000), 9000 + Math.floor(i / 60_000), Buffer.from('x')),
  }));

const ip4 = (text: string): Buffer => Buffer.from(text.split('.').map(Number));
export const arp = (second: number, from: Host, target: string): Timed => ({
  at: second,
  frame: ethernet(
    from,
    { ip: target, mac: 'ff:ff:ff:ff:ff:ff' },
    bytes(
      u16(1),
      u16(0x0800),
      [6, 4],
      u16(1),
      Buffer.from(from.mac.replaceAll(':', ''), 'hex'),
      ip4(from.ip),
      Buffer.alloc(6),
      ip4(target),
    ),
    0x0806,
  ),
});

/** One line each way over TCP. */
export const talk = (
  second: number,
  dport: number,
  said: string,
  answered: string,
  client = DESK,
  server: Host = SITE,
): Timed[] =>
  at(
    second,
    conversation(client, server, ++port, dport, [
      ['>', bytes(said)],
      ['<', bytes(answered)],
    ]),
  );
