/**
 * Makes the captures that the plugins' tests replay: plugins/<plugin>/tests/<case>/capture.pcap, the same bytes each time.
 *   node scripts/plugin-captures.ts [PLUGIN...]
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bytes, udp as frame, u16 } from '../test/kit/frames.ts';
import { device, ROUTER, remote, site, Traffic, type Turn } from '../test/kit/traffic.ts';

/** 2026-01-05 09:00:00 UTC. */
const START = 1_767_603_600;
const HOUR = 3600;
const line = (text: string): Buffer => bytes(`${text}\r\n`);
const desk = device(10);
const nas = device(20);
const stranger = remote('198.51.100.77');

/** An SSH session that ends after its key exchange began, as one with a wrong password looks. */
const ssh: Turn[] = [
  ['<', line('SSH-2.0-OpenSSH_9.6')],
  ['>', line('SSH-2.0-OpenSSH_9.6')],
  ['>', Buffer.alloc(300, 0x5a)],
  ['<', Buffer.alloc(300, 0x5a)],
];
const ftp = (user: string): Turn[] => [
  ['<', line('220 FTP server ready')],
  ['>', line(`USER ${user}`)],
  ['<', line('331 Password required')],
  ['>', line('PASS secret')],
  ['<', line('230 Logged in')],
  ['>', line('QUIT')],
  ['<', line('221 Goodbye')],
];
/** SMB version 1 negotiation, MS-CIFS 2.2.4.52. */
const smb1 = (() => {
  const dialect = bytes(2, 'NT LM 0.12', 0);
  const header = (reply: number) =>
    bytes(0xff, 'SMB', 0x72, [0, 0, 0, 0], reply, [0x53, 0xc8], Buffer.alloc(12), [0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 0]);
  const framed = (body: Buffer) => bytes(0, 0, u16(body.length), body);
  const ask = framed(bytes(header(0x18), 0, [dialect.length & 255, dialect.length >> 8], dialect));
  const answer = framed(bytes(header(0x98), 17, [0, 0], Buffer.alloc(32), [0, 0]));
  return [
    ['>', ask],
    ['<', answer],
  ] as Turn[];
})();

const letters = (seed: number, length: number): string => {
  let state = seed * 2_654_435_761;
  let out = '';
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    out += 'bcdfghjklmnpqrstvwxz'[(state >>> 16) % 20];
  }
  return out;
};

/** TLS 1.0 hellos, RFC 2246 section 7.4.1. */
const hello10 = (name: string): Buffer => {
  const sni = bytes(u16(0), u16(name.length + 5), u16(name.length + 3), 0, u16(name.length), name);
  const body = bytes(
    u16(0x0301),
    Buffer.alloc(32, 7),
    0,
    u16(4),
    u16(0x002f),
    u16(0x000a),
    [1, 0],
    u16(sni.length),
    sni,
  );
  return bytes(22, u16(0x0301), u16(body.length + 4), 1, 0, u16(body.length), body);
};
const serverHello10 = (() => {
  const body = bytes(u16(0x0301), Buffer.alloc(32, 9), 0, u16(0x002f), 0);
  const done = bytes([14, 0, 0, 0]);
  return bytes(22, u16(0x0301), u16(body.length + 4 + done.length), 2, 0, u16(body.length), body, done);
})();

/** By plugin and case. */
const CASES: { [plugin: string]: { [name: string]: (t: Traffic) => void } } = {
  network_scan: {
    ports: (t) => {
      for (let port = 1; port <= 40; port++) t.refused(port, desk, nas, port);
    },
    hosts: (t) => {
      for (let n = 100; n < 140; n++) t.refused(n - 100, desk, device(n), 445, false);
      t.tls(300, desk, site(1), 'www.example.com');
    },
    few: (t) => {
      for (let port = 1; port <= 20; port++) t.refused(port, desk, nas, port);
    },
  },
  brute_force: {
    ssh: (t) => {
      for (let i = 0; i < 20; i++) t.talk(i * 5, stranger, nas, 22, ssh);
    },
    owner: (t) => {
      for (let i = 0; i < 5; i++) t.talk(i * 60, desk, nas, 22, ssh);
    },
  },
  clear_text_credentials: {
    ftp: (t) => {
      t.talk(1, desk, nas, 21, ftp('anna'));
      t.talk(60, desk, nas, 21, ftp('anna'));
    },
    accepted: (t) => t.talk(1, desk, nas, 21, ftp('anna')),
  },
  generated_name: {
    malware: (t) => {
      for (let i = 0; i < 12; i++) t.lookup(i * 3, desk, `${letters(i + 1, 13)}.com`, undefined);
    },
    people: (t) => {
      const names = [
        'www.example.com',
        'cdn.example.net',
        'schwarzkopf.de',
        'netflix.com',
        'stackoverflow.com',
        'wttr.in',
      ];
      for (const [i, name] of names.entries()) t.lookup(i, desk, name, '203.0.113.9');
    },
  },
  dns_tunnel: {
    tunnel: (t) => {
      for (let i = 0; i < 40; i++)
        t.lookup(i * 2, desk, `${letters(i + 1, 40)}.${letters(i + 500, 30)}.t.example.org`, '203.0.113.9');
    },
    content_network: (t) => {
      for (let i = 0; i < 40; i++) t.lookup(i * 2, desk, `r${i}---sn-4g5e6nz7.gvt1.example`, '203.0.113.9');
    },
  },
  beaconing: {
    home: (t) => {
      for (let i = 0; i < 20; i++)
        t.talk(i * 60 + (i % 3) * 0.4, desk, stranger, 4444, [
          ['>', Buffer.from([7, 1, 9, 3, 5, 8, i, 2, 6, 4, 0, 11])],
          ['<', Buffer.from([3, 9, 2, 8])],
        ]);
    },
    uneven: (t) => {
      for (let i = 0; i < 20; i++)
        t.talk(i * 60 + ((i * 37) % 50), desk, stranger, 4444, [
          ['>', Buffer.from([7, 1, 9, 3, 5, 8, i, 2, 6, 4, 0, 11])],
        ]);
    },
  },
  large_upload: {
    nameless: (t) => {
      t.talk(1, desk, stranger, 8443, [['>', Buffer.alloc(1000, 0x5a)]]);
      t.push(2, desk, stranger, 50_000, 8443, 200, 1400, 100);
    },
    backup_of_a_phone: (t) => t.tls(1, desk, site(3), 'backup.example.com', 12_000, 200, 10),
  },
  anonymizer: {
    wireguard: (t) => {
      // Handshake of WireGuard: types 1 and 2 with their fixed lengths.
      t.add(1, ...wireguard(desk, stranger));
      t.add(900, ...wireguard(desk, stranger));
    },
    expected: (t) => t.add(1, ...wireguard(desk, stranger)),
  },
  remote_access: {
    from_outside: (t) => t.talk(1, stranger, nas, 22, ssh),
    inside: (t) => t.talk(1, desk, nas, 22, ssh),
    closed: (t) => t.refused(1, stranger, nas, 22),
  },
  smbv1: {
    spoken: (t) => t.talk(1, desk, nas, 445, smb1),
  },
  listed: {
    name: (t) => {
      t.lookup(1, desk, 'login.phish.example', '203.0.113.66');
      t.lookup(2, desk, 'www.example.com', '203.0.113.7');
      t.tls(3, desk, site(7), 'www.example.com');
    },
    address: (t) => {
      t.tls(1, desk, stranger, 'harmless.example.net');
      t.tls(60, desk, stranger, 'harmless.example.net');
    },
  },
  rogue_dhcp: {
    second: (t) => {
      t.dhcp(1, device(30), 'phone');
      t.dhcp(2 * HOUR, device(31), 'laptop', { ip: '192.168.1.66', mac: '00:1b:63:00:00:66' });
      t.dhcp(2 * HOUR + 60, device(30), 'phone');
    },
    one: (t) => {
      t.dhcp(1, device(30), 'phone');
      t.dhcp(2 * HOUR, device(31), 'laptop');
    },
  },
  rogue_router: {
    second: (t) => {
      const first = { ip: 'fe80::1', mac: ROUTER.mac };
      const second = { ip: 'fe80::bad', mac: '00:1b:63:00:00:66' };
      for (let i = 0; i < 14; i++) t.advertise(i * 600, first);
      t.advertise(2 * HOUR + 30, second);
      t.tls(3 * HOUR, desk, site(1), 'www.example.com');
    },
  },
  standard_port: {
    ssh_on_443: (t) => t.talk(1, desk, stranger, 443, ssh),
    ssh_on_22: (t) => t.talk(1, desk, stranger, 22, ssh),
  },
  tls_issue: {
    version_1_0: (t) =>
      t.talk(1, desk, site(9), 443, [
        ['>', hello10('old.example.com')],
        ['<', serverHello10],
      ]),
    own_device: (t) =>
      t.talk(1, desk, nas, 443, [
        ['>', hello10('nas.home')],
        ['<', serverHello10],
      ]),
  },
  new_device: {
    guest: (t) => {
      for (let i = 0; i < 90; i++) t.lookup(i * 60, desk, 'www.example.com', '203.0.113.7');
      t.dhcp(70 * 60, device(77), 'guest');
      t.lookup(70 * 60 + 5, device(77), 'www.example.com', '203.0.113.7');
    },
  },
  device_gone: {
    camera: (t) => {
      const camera = device(50);
      t.dhcp(1, camera, 'camera');
      for (let i = 0; i < 60; i++) t.lookup(i * 60, desk, 'www.example.com', '203.0.113.7');
      for (let i = 0; i < 10; i++) t.lookup(i * 60 + 5, camera, 'cloud.example.com', '203.0.113.8');
      for (let i = 45; i < 60; i++) t.lookup(i * 60 + 5, camera, 'cloud.example.com', '203.0.113.8');
    },
  },
  address_conflict: {
    spoofing: (t) => {
      const bad = device(66);
      for (let i = 0; i < 12; i++) {
        t.arp(i * 30, ROUTER, ROUTER.ip);
        t.arp(i * 30 + 15, bad, ROUTER.ip);
      }
      t.lookup(400, desk, 'www.example.com', '203.0.113.7');
    },
    moved: (t) => {
      t.arp(1, device(40), '192.168.1.200');
      t.arp(120, device(41), '192.168.1.200');
      for (let i = 0; i < 8; i++) t.lookup(i * 60, desk, 'www.example.com', '203.0.113.7');
    },
  },
  unexpected_dns: {
    stranger: (t) => {
      t.lookup(1, desk, 'www.example.com', '203.0.113.7');
      t.lookup(2, desk, 'www.example.com', '203.0.113.7', remote('198.51.100.53'));
    },
  },
  unexpected_ntp: { stranger: (t) => t.ntp(1, desk, remote('198.51.100.123')) },
  unexpected_dhcp: {
    stranger: (t) => t.dhcp(1, device(30), 'phone', { ip: '192.168.1.66', mac: '00:1b:63:00:00:66' }),
  },
  unexpected_smtp: {
    stranger: (t) =>
      t.talk(1, desk, remote('198.51.100.25'), 25, [
        ['<', line('220 mail.example.net ESMTP ready')],
        ['>', line('EHLO desk.example.com')],
        ['<', line('250-mail.example.net')],
        ['<', line('250 OK')],
        ['>', line('QUIT')],
      ]),
  },
  web_mining: {
    stratum: (t) =>
      t.talk(1, desk, stranger, 3333, [
        ['>', line('{"id": 1, "method": "mining.subscribe", "params": ["cpuminer/2.5.1"]}')],
        [
          '<',
          line(
            '{"id": 1, "result": [[["mining.set_difficulty", "1"], ["mining.notify", "1"]], "f000000f", 4], "error": null}',
          ),
        ],
        ['>', line('{"id": 2, "method": "mining.authorize", "params": ["worker1", "x"]}')],
        ['<', line('{"id": 2, "result": true, "error": null}')],
      ]),
  },
};

function wireguard(from: typeof desk, to: typeof desk): Buffer[] {
  const noise = (size: number, seed: number) =>
    Buffer.from(Array.from({ length: size }, (_, i) => (i * 73 + seed * 31 + ((i * i) >> 3)) & 255));
  return [
    frame(from, to, 51_000, 51_820, bytes([1, 0, 0, 0], noise(144, 1))),
    frame(to, from, 51_820, 51_000, bytes([2, 0, 0, 0], noise(88, 2))),
    frame(from, to, 51_000, 51_820, bytes([4, 0, 0, 0], noise(92, 3))),
  ];
}

/** Cases that last so long that they are played by themselves. */
export const LONG = ['rogue_dhcp', 'rogue_router', 'new_device', 'device_gone', 'address_conflict'];

/** All cases but the long ones in one capture, half a minute apart. */
export function writeMix(path: string): void {
  const traffic = new Traffic();
  for (const [plugin, cases] of Object.entries(CASES)) {
    if (LONG.includes(plugin)) continue;
    for (const fill of Object.values(cases)) {
      fill(traffic);
      traffic.shift += 30;
    }
  }
  traffic.write(path, START);
}

/** Writes the captures of the named plugins, of all without a name, below `root`. Returns the paths. */
export function writeCaptures(root: string, wanted: readonly string[] = []): string[] {
  const out: string[] = [];
  for (const [plugin, cases] of Object.entries(CASES)) {
    if (wanted.length > 0 && !wanted.includes(plugin)) continue;
    for (const [name, fill] of Object.entries(cases)) {
      const folder = join(root, plugin, 'tests', name);
      mkdirSync(folder, { recursive: true });
      const traffic = new Traffic();
      fill(traffic);
      const path = join(folder, 'capture.pcap');
      traffic.write(path, START);
      out.push(path);
    }
  }
  return out;
}

if (import.meta.main) {
  const paths = writeCaptures(join(import.meta.dirname, '..', 'plugins'), process.argv.slice(2));
  process.stdout.write(`${paths.join('\n')}\n`);
}
