/** Devices, hosts, networks and history of the fake appliance. */
import type {
  DeviceRow,
  History,
  HistoryQuery,
  HostDetail,
  HostRow,
  NetworkRow,
  TrafficTopics,
} from '../link/topics-traffic.ts';
import type { Say } from './fake-data.ts';

type Handlers = { [T in keyof TrafficTopics]: (args: TrafficTopics[T]['args']) => TrafficTopics[T]['answer'] };

const SEEDS = [
  ['3c:2a:f4:11:22:33', 'Brother Industries, LTD.', 'printer-2f', 'mdns', '192.168.1.20'],
  ['00:11:32:0a:0b:0c', 'Synology Incorporated', 'nas', 'dhcp', '192.168.1.5'],
  ['b8:27:eb:aa:bb:cc', 'Raspberry Pi Foundation', 'pi-door', 'dhcp', '192.168.1.31'],
  ['f2:5c:01:44:55:66', '', 'Annas-iPhone', 'dhcp', '192.168.1.77'],
  ['00:1b:21:66:77:88', 'Intel Corporate', 'DESKTOP-4F2', 'netbios', '192.168.1.64'],
] as const;

/** Answers to the traffic topics, made up but steady for a given `nowMs`. */
export function makeTraffic(say: Say, nowMs: number, empty: boolean): Handlers {
  const devices: DeviceRow[] = (empty ? [] : SEEDS).map(([mac, vendor, name, by, ip], i) => ({
    id: mac.replaceAll(':', ''),
    mac,
    vendor: vendor && say(vendor),
    randomMac: vendor === '',
    name: say(name),
    alias: i === 1 ? say('Backup box') : '',
    pool: i === 2 ? say('IoT') : '',
    addresses: [
      { ip, vlan: 0, firstMs: nowMs - 86_400_000 * 9, lastMs: nowMs - i * 60_000, by: 'dhcp', current: true },
      { ip: `fe80::${i + 1}`, vlan: 0, firstMs: nowMs - 86_400_000, lastMs: nowMs, by: 'nd', current: true },
      { ip: `192.168.1.${200 + i}`, vlan: 0, firstMs: nowMs - 9e8, lastMs: nowMs - 8e8, by: 'arp', current: false },
    ],
    names: [{ name: say(name), by, lastMs: nowMs - 3_600_000 }],
    firstMs: nowMs - 86_400_000 * (30 + i),
    lastMs: nowMs - i * 60_000,
    bytesSent: 4_200_000_000 / (i + 1),
    bytesRcvd: 9_100_000_000 / (i + 2),
    packetsSent: 6_000_000 / (i + 1),
    packetsRcvd: 8_000_000 / (i + 1),
    activeFlows: 30 - i * 5,
    online: i < 4,
    score: i === 3 ? 120 : 0,
  }));
  const hosts: HostRow[] = devices.map((d, i) => ({
    ip: d.addresses[0]!.ip,
    vlan: 0,
    local: true,
    network: '192.168.1.0/24',
    mac: d.mac,
    device: d.id,
    name: d.alias || d.name,
    firstMs: nowMs - 7_200_000,
    lastMs: d.lastMs,
    bytesSent: d.bytesSent,
    bytesRcvd: d.bytesRcvd,
    packetsSent: d.packetsSent,
    packetsRcvd: d.packetsRcvd,
    flowsClient: 900 - i * 100,
    flowsServer: 40 + i,
    activeClient: 20 - i,
    activeServer: i,
    score: d.score,
    applications: [
      { id: 91, bytes: d.bytesSent * 0.7 },
      { id: 5, bytes: d.bytesSent * 0.1 },
    ],
  }));
  if (!empty) {
    const away = hosts[0]!;
    hosts.push({ ...away, ip: '203.0.113.9', local: false, network: '', mac: '', device: '', name: '' });
  }
  const detail = (row: HostRow): HostDetail => ({
    ...row,
    dns: { queriesSent: 410, queriesRcvd: 0, okSent: 0, okRcvd: 398, errorSent: 0, errorRcvd: 7 },
    http: { requestsSent: 32, requestsRcvd: 0, repliesSent: 0, repliesRcvd: 31 },
    arp: { requestsSent: 44, requestsRcvd: 12, repliesSent: 12, repliesRcvd: 40 },
    peaks: { flowsClient: 3, flowsServer: 0, synSent: 2, synRcvd: 0 },
    activeSeconds: 5120,
  });
  const networks: NetworkRow[] = empty
    ? []
    : [
        {
          cidr: '192.168.1.0/24',
          hosts: 5,
          activeFlows: 66,
          egress: 6e9,
          ingress: 11e9,
          inner: 3e9,
          packets: 21e6,
          score: 120,
          configured: true,
        },
      ];
  const find = (text: string) => (search: string) => text.toLowerCase().includes(search.toLowerCase());
  return {
    devices: (q) => {
      const items = devices.filter((d) =>
        find(`${d.id} ${d.mac} ${d.vendor} ${d.name} ${d.alias} ${d.addresses.map((a) => a.ip).join(' ')}`)(q.search),
      );
      return { total: items.length, items: items.slice(q.offset, q.offset + q.limit) };
    },
    device: ({ id }) => {
      const device = devices.find((d) => d.id === id || d.mac === id) ?? null;
      return {
        device,
        changes: device
          ? [
              { atMs: device.firstMs, kind: 'new', ip: '192.168.1.200', other: '' },
              { atMs: nowMs - 8e8, kind: 'address', ip: device.addresses[0]!.ip, other: '' },
            ]
          : [],
        hosts: hosts.filter((h) => h.device === device?.id),
      };
    },
    nameDevice: ({ id, alias }) => {
      const device = devices.find((d) => d.id === id);
      if (device) Object.assign(device, { alias, name: alias || device.names[0]?.name || '' });
      return { ok: device !== undefined };
    },
    forgetDevice: ({ id }) => {
      const at = devices.findIndex((d) => d.id === id);
      if (at >= 0) devices.splice(at, 1);
      return { ok: at >= 0 };
    },
    hosts: (q) => {
      const items = hosts.filter(
        (h) => (q.local === undefined || h.local === q.local) && find(`${h.ip} ${h.name} ${h.mac}`)(q.search),
      );
      return { total: items.length, items: items.slice(q.offset, q.offset + q.limit) };
    },
    host: ({ ip, vlan }) => {
      const row = hosts.find((h) => h.ip === ip && h.vlan === vlan);
      return { host: row ? detail(row) : null };
    },
    networks: () => ({ items: networks }),
    history: (q) => makeHistory(say, nowMs, q, empty),
    stateFiles: () => ({
      mode: 'card',
      files: [{ name: 'history', bytes: 1_800_000, writtenToday: 2_100_000, budgetPerDay: 6_000_000 }],
      notices: [],
    }),
  };
}

function makeHistory(say: Say, nowMs: number, q: HistoryQuery, empty: boolean): History {
  const stepMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[q.step];
  const fromMs = Math.floor(nowMs / stepMs) * stepMs - (q.steps - 1) * stepMs;
  const wave = (scale: number, phase: number) =>
    Array.from({ length: q.steps }, (_, i) =>
      empty || i % 97 === 13
        ? null
        : Math.round(
            scale * (1.3 + Math.sin((i + phase) / (q.steps / 12)) + 0.3 * Math.sin(i * 1.7)) * (stepMs / 60_000),
          ),
    );
  const traffic: [string, number][] = [
    ['bytes', 4e7],
    ['packets', 5e4],
    ['flows', 400],
    ['dropped', 0],
    ['evicted', 0],
    ['blind', 0],
    ['activeFlows', 300],
    ['hosts', 40],
  ];
  /** Blind for a while and losing some packets twice, so that a chart has something to hatch and to mark. */
  const blind = Array.from({ length: q.steps }, (_, i) =>
    i > q.steps * 0.62 && i < q.steps * 0.67 ? stepMs / 1000 : 0,
  );
  const dropped = Array.from({ length: q.steps }, (_, i) => (i % Math.ceil(q.steps / 2.6) === 90 % q.steps ? 620 : 0));
  const odd: Record<string, number[]> = { blind, dropped };
  const protocols: [string, number, number][] = [
    ['TLS', 91, 2.5e7],
    ['QUIC', 188, 1e7],
    ['DNS', 5, 1e5],
    ['other', 0, 3e6],
  ];
  const series =
    q.what === 'traffic'
      ? traffic.map(([key, scale], i) => ({
          key,
          id: 0,
          values: (empty ? undefined : odd[key]) ?? wave(scale, i).map((v, j) => (key === 'bytes' && blind[j] ? 0 : v)),
        }))
      : q.what === 'protocols'
        ? protocols.map(([key, id, scale], i) => ({ key, id, values: wave(scale, i * 3) }))
        : SEEDS.map(([, , , , ip], i) => ({ key: say(ip), id: 0, values: wave(1e7 / (i + 1), i * 5) }));
  return { stepMs, fromMs, series: series.slice(0, q.what === 'traffic' ? series.length : q.top + 1) };
}
