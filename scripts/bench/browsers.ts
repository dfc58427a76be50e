/**
 * Twenty open pages that watch live flows while 2,000 new flows arrive each second: what it does to the appliance's event
 * loop. The real service on a lab's mirror port; pages are streams as browsers open them (/api/v1/events with the strip and
 * the list of flows, five different searches), read as fast as they come.
 *
 *   node scripts/bench/browsers.ts [pages=20] [flows/s=2000] [seconds=60]
 */
import { get, request } from 'node:http';
import { Lab, labMissing } from '../../test/kit/lab.ts';
import { Service, until } from '../../test/kit/service.ts';

const [pages = 20, rate = 2000, seconds = 60] = process.argv.slice(2).map(Number);
const LIMIT_MS = 30;
const PASSWORD = 'seven mirrored herons';
const missing = labMissing();
if (missing) {
  process.stdout.write(`skipped: ${missing}\n`);
  process.exit(0);
}

/** Runs inside the appliance's namespace: signs in, opens the streams, prints what came. */
async function watchPages(base: string): Promise<void> {
  const host = new URL(base).host;
  const cookies = new Map<string, string>();
  const send = (method: string, path: string, body = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const req = request(
        `${base}${path}`,
        {
          method,
          agent: false,
          headers: {
            Cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join('; '),
            ...(body === '' ? {} : { 'Content-Type': 'application/x-www-form-urlencoded', Origin: `http://${host}` }),
          },
        },
        (res) => {
          for (const line of res.headers['set-cookie'] ?? []) {
            const [k = '', v = ''] = line.split(';')[0]!.split('=');
            if (v !== '') cookies.set(k, v);
          }
          let text = '';
          res.on('data', (c) => (text += String(c)));
          res.on('end', () => resolve(text));
        },
      );
      req.on('error', reject);
      req.end(body);
    });
  const token = async (path: string): Promise<string> =>
    /name="_token" value="([^"]+)"/.exec(await send('GET', path))![1]!;
  const form = new URLSearchParams({ _token: await token('/setup'), password: PASSWORD, again: PASSWORD });
  await send('POST', '/setup', form.toString());
  let bytes = 0;
  let events = 0;
  const searches = ['', '10.77', 'udp', '10.77.0.53', 'dns'];
  for (let i = 0; i < pages; i++) {
    const flows = encodeURIComponent(`/live/flows?search=${searches[i % searches.length]}`);
    get(
      `${base}/api/v1/events?part=/live/top&part=${flows}`,
      { agent: false, headers: { Cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join('; ') } },
      (res) => {
        res.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          events += chunk.includes('event: part') ? 1 : 0;
        });
      },
    );
  }
  // A minute is the window of the health page's histogram; what was before the pages came is past after it.
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const health = JSON.parse(await send('GET', '/api/v1/health')) as {
    process: { loopDelayP99Ms: number; rssBytes: number };
    stats: {
      packetsPerSecond: number;
      flows: { active: number; created: number; evicted: number };
      source: { stats: { kernelDropped: number | null; interfaceDropped: number | null; received: number } };
    };
  };
  process.stdout.write(`${JSON.stringify({ bytes, events, health })}\n`);
  process.exit(0);
}

if (process.env['WATCH_BASE']) await watchPages(process.env['WATCH_BASE']);
else {
  const lab = new Lab();
  let service: Service | undefined;
  try {
    const client = lab.host('client', '10.77.0.2/24');
    lab.host('server', '10.77.0.53/24');
    const ns = lab.appliance();
    service = new Service(lab, ns, ['--interface', 'mirror0']);
    await service.start();
    // One socket, a new port of the peer for each datagram: each is a flow.
    const sender = `const d=require('dgram');let s=d.createSocket('udp4');let n=0;const t=performance.now();
      setInterval(()=>{const due=(performance.now()-t)/1000*${rate};while(n<due){if(n%60000===59999)s=d.createSocket('udp4');s.send('bench '+n,1024+(n%60000),'10.77.0.53',()=>{});n++}},10)`;
    lab.spawn(client, process.execPath, ['-e', sender], () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const lines: string[] = [];
    process.env['WATCH_BASE'] = service.base;
    lab.spawn(ns, process.execPath, [import.meta.filename, String(pages), String(rate), String(seconds)], (line) =>
      lines.push(line),
    );
    const line = await until(
      'the pages are watched to the end',
      () => lines.find((l) => l.startsWith('{')),
      seconds + 40,
    );
    const { bytes, events, health } = JSON.parse(line) as {
      bytes: number;
      events: number;
      health: {
        process: { loopDelayP99Ms: number; rssBytes: number };
        stats: {
          flows: { active: number; created: number };
          packetsPerSecond: number;
          source: { stats: { kernelDropped: number | null; interfaceDropped: number | null } };
        };
      };
    };
    const { flows, source, packetsPerSecond } = health.stats;
    const ok = health.process.loopDelayP99Ms <= LIMIT_MS && (source.stats.kernelDropped ?? 0) === 0;
    process.stdout.write(
      [
        `${pages} pages, ${rate} new flows/s for ${seconds} s (${flows.created} flows, ${Math.round(packetsPerSecond)} packets/s at the end, ${flows.active} in the table)`,
        `event loop delay of the appliance, p99: ${health.process.loopDelayP99Ms} ms (must be at most ${LIMIT_MS} ms)`,
        `lost by the engine: kernel ${source.stats.kernelDropped}, interface ${source.stats.interfaceDropped} (must be 0)`,
        `sent to the pages: ${(bytes / 1e6).toFixed(1)} MB in ${events} messages; appliance ${(health.process.rssBytes / 1e6).toFixed(0)} MB`,
        ok ? 'ok' : 'NOT REACHED',
        '',
      ].join('\n'),
    );
    process.exitCode = ok ? 0 : 1;
  } finally {
    await service?.stop();
    lab.stop();
  }
}
