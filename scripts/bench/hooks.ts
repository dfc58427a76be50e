/** See the script `hooks` beside this file. One thread does everything, so that the figure is of one core. */
import { scanPlugins } from '../../src/plugins/scan.ts';
import { Kit, setOf } from '../../src/plugins/testing/kit.ts';
import { dnsFlow } from '../../src/plugins/testing/record.ts';

const calls = Number(process.argv[2] ?? 400_000);
const LIMIT_US = 6;
const LIMIT_PER_S = 150_000;

const cpuUs = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const show = (what: string, us: number, limit: number) =>
  console.log(
    `${what.padEnd(58)} ${us.toFixed(2).padStart(7)} µs  limit ${limit} µs  ratio ${(us / limit).toFixed(2)}`,
  );

const items = ['1.1.1.1', '9.9.9.9', '8.8.8.8', '8.8.4.4'];
const kit = await new Kit().loadScan(
  scanPlugins([new URL('../../plugins', import.meta.url).pathname]),
  setOf({ flow: { unexpected_dns: { all: { script_conf: { items } } } } }),
);
const records = Array.from({ length: 512 }, (_, i) =>
  dnsFlow({
    client: {
      ip: `192.168.${i >> 7}.${i & 127}`,
      port: 40_000 + i,
      mac: '00:11:22:33:44:55',
      local: true,
      group: false,
    },
    server: { ip: items[i & 3]!, port: 53, mac: '66:77:88:99:aa:bb', local: false, group: false },
  }),
);

function measure(n: number, step: (i: number) => void): number {
  for (let i = 0; i < 40_000; i++) step(i);
  const start = cpuUs();
  for (let i = 0; i < n; i++) step(i);
  return (cpuUs() - start) / n;
}

const snapshot = measure(calls, (i) => kit.snapshotOnly(records[i & 511]!));
const whole = measure(calls, (i) => kit.flow(records[i & 511]!));
let wanted = 0;
const wants = measure(calls * 20, (i) => {
  if (kit.wants.wants('protocolDetected', 17, i & 255, 5)) wanted++;
});
show('hook call, record to end of script (getInfo of 16 fields)', whole, LIMIT_US);
show('  of which snapshot and queue', snapshot, LIMIT_US);
show('wants()', wants, 0.05);
const perSecond = 1e6 / whole;
console.log(
  `hook calls per second on one core`.padEnd(58),
  `${Math.round(perSecond).toLocaleString('en')}/s  limit ${LIMIT_PER_S.toLocaleString('en')}/s  ratio ${(perSecond / LIMIT_PER_S).toFixed(2)}`,
);
if (kit.alerts.length > 0 || wanted === 0) throw new Error('the bench ran something else than it should');
kit.close();
process.exitCode = whole <= LIMIT_US ? 0 : 1;
