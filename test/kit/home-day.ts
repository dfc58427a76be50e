/**
 * A normal day of a home, as its switch would mirror it: phones, a laptop, a television, a store of files, a printer and
 * things of the house; what they do by the clock and what their people do. Nothing in it deserves an alert.
 */
import { bytes, u16 } from './frames.ts';
import { device, ROUTER, remote, site, Traffic, type Turn } from './traffic.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

const SITES = [
  'www.example.com',
  'news.example.org',
  'shop.example.net',
  'static.examplecdn.com',
  'api.weather-service.com',
  'fonts.googleapis.com',
  'www.wikipedia.org',
  'images.unsplash.com',
  'connect.facebook.net',
  'www.youtube.com',
  'r4---sn-4g5ednsl.googlevideo.com',
  'd3g0gp89917ko0.cloudfront.net',
  'play.googleapis.com',
  'outlook.office365.com',
  'www.schwarzkopf.de',
  'login.microsoftonline.com',
  'api.github.com',
  'cdn.netflix.com',
  'e2867.dscx.akamaiedge.net',
  'settings-win.data.microsoft.com',
];

/** Numbers that are the same each time. */
function dice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function homeDay(): Traffic {
  const t = new Traffic();
  const roll = dice(42);
  const [anna, ben, laptop, tv, nas, printer] = [10, 11, 12, 13, 20, 21].map(device) as [
    ReturnType<typeof device>,
    ReturnType<typeof device>,
    ReturnType<typeof device>,
    ReturnType<typeof device>,
    ReturnType<typeof device>,
    ReturnType<typeof device>,
  ];
  const things = [30, 31, 32, 33].map(device);
  const everything = [anna, ben, laptop, tv, nas, printer, ...things];
  const addressOf = (name: string) => site(10 + SITES.indexOf(name));

  // By the clock: leases, time, the router's announcements, greetings, and what things tell their makers.
  for (const [i, who] of everything.entries()) {
    t.dhcp(60 + i * 7, who, `device-${i}`);
    t.dhcp(12 * HOUR + i * 11, who, `device-${i}`);
    for (let at = 300 + i * 40; at < DAY; at += 4 * HOUR) t.ntp(at, who, site(123));
    for (let at = 120 + i * 30; at < DAY; at += HOUR) t.arp(at, who, who.ip);
  }
  for (let at = 30; at < DAY; at += 900) {
    t.advertise(at, { ip: 'fe80::1', mac: ROUTER.mac });
    t.arp(at + 3, ROUTER, ROUTER.ip);
  }
  for (const [i, thing] of things.entries()) {
    const name = ['cloud.meethue.com', 'mqtt.tuyaeu.com', 'api.ring.com', 'devs.tplinkcloud.com'][i]!;
    const maker = site(40 + i);
    // Even intervals, but to a name.
    for (let at = 20 + i * 5; at < DAY; at += 300) {
      if (at % HOUR < 300) t.lookup(at - 1, thing, name, maker.ip);
      t.tls(at, thing, maker, name, 200, 300, 1);
    }
  }

  // A phone and a laptop in the hands of people, from seven to eleven in the evening.
  for (const [i, who] of [anna, ben, laptop].entries()) {
    for (let at = 7 * HOUR + i * 61; at < 23 * HOUR; at += 60 + roll(600)) {
      const name = SITES[roll(SITES.length)]!;
      t.lookup(at, who, name, addressOf(name).ip);
      const parts = 1 + roll(4);
      for (let part = 0; part < parts; part++)
        t.tls(at + 0.1 + part * 0.3, who, addressOf(name), name, 200 + roll(600), 500 + roll(900), 2 + roll(4));
      if (roll(10) === 0) t.http(at + 2, who, site(90), 'connectivitycheck.example.com', '/generate_204');
      // A name that is blocked or gone, a server that does not answer.
      if (roll(15) === 0) t.lookup(at + 3, who, 'ads.tracker-example.com', undefined);
      if (roll(20) === 0) t.refused(at + 4, who, site(200 + roll(40)), 443, roll(2) === 0);
    }
    // Mail, every quarter of an hour, day and night.
    for (let at = 100 + i * 13; at < DAY; at += 900)
      t.tls(at, who, site(60), 'imap.mail-example.com', 300, 400, 2, 993);
  }

  // The laptop copies to the store of files, and logs in there three times; the phone sends its pictures to its maker.
  for (const at of [9 * HOUR, 13 * HOUR, 20 * HOUR]) {
    const hello: Turn[] = [
      ['<', bytes('SSH-2.0-OpenSSH_9.6\r\n')],
      ['>', bytes('SSH-2.0-OpenSSH_9.6\r\n')],
      ['>', Buffer.alloc(700, 0x5a)],
      ['<', Buffer.alloc(700, 0x5a)],
    ];
    t.talk(at, laptop, nas, 22, hello);
    t.talk(at + 600, laptop, nas, 445, smb2());
  }
  t.tls(21 * HOUR, anna, site(61), 'upload.photos-example.com', 14_000, 300, 300);
  // Television in the evening.
  for (let at = 19 * HOUR; at < 22 * HOUR; at += 120)
    t.tls(at, tv, site(62), 'video.stream-example.com', 200, 15_000, 6);
  // The laptop prints, pings the router's page, looks for what is in the house.
  t.talk(10 * HOUR, laptop, printer, 9100, [['>', bytes('%!PS-Adobe-3.0\n', Buffer.alloc(4000, 0x20))]]);
  for (const at of [8 * HOUR, 18 * HOUR]) t.http(at, laptop, ROUTER, 'router.home', '/status');
  for (let n = 0; n < 8; n++) t.refused(11 * HOUR + n, laptop, printer, [80, 443, 631, 9100, 515, 5353, 8080, 139][n]!);
  // A call over the Internet, by number: nobody asks for a name of the other side.
  t.push(15 * HOUR, ben, remote('198.51.100.200'), 50_123, 3478, 200, 160, 4);
  return t;
}

/** SMB 2 negotiation, MS-SMB2 2.2.3. */
function smb2(): Turn[] {
  const header = (flags: number) =>
    bytes(0xfe, 'SMB', [64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0], [flags, 0, 0, 0], Buffer.alloc(44));
  const framed = (body: Buffer) => bytes(0, 0, u16(body.length), body);
  return [
    ['>', framed(bytes(header(0), [36, 0, 2, 0, 1, 0, 0, 0], Buffer.alloc(28), [2, 2, 16, 2]))],
    ['<', framed(bytes(header(1), [65, 0, 1, 0, 16, 2, 0, 0], Buffer.alloc(56)))],
  ];
}
