/** `spanwatch doctor`: listens to a mirror port for a while, or reads a capture, and says what is wrong with it. */
import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { listInterfaces, mirrorCandidates } from '../capture/interfaces.ts';
import { openFile, openSource } from '../capture/open.ts';
import type { PacketSource, SourceState } from '../capture/source.ts';
import { parseTunnels } from '../decode/context.ts';
import { ownAddresses } from '../engine/own-addresses.ts';
import { Pipeline } from '../engine/pipeline.ts';
import { parseIp } from '../flows/address.ts';
import { limitsFor } from '../limits.ts';
import { judge } from './judge.ts';
import { mirrorState, tellTotals } from './mirror.ts';
import { MirrorObserver } from './observer.ts';
import type { DoctorReport, VerdictLevel } from './verdict.ts';

const USAGE = `usage: spanwatch doctor [--interface NAME] [--seconds N] [--json]
       spanwatch doctor FILE [--own ADDRESS] [--json]

Looks at what a mirror port delivers and says what to do about it. Without a name it takes the likeliest port.
  --seconds N     how long to listen (default 30)
  --own ADDRESS   with a file: an address of the machine that captured it; may be given several times
  --json          the report as JSON
Ends with 1 when something is bad.
`;

const MARKS: Readonly<Record<VerdictLevel, string>> = { good: '+', warn: '!', bad: 'x', unknown: '?' };
const MOST_SECONDS = 3600;

/** Resolves to the exit code: 0, 1 when a verdict is bad or the file unreadable, 2 for wrong usage. */
export async function doctor(args: string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = parsed;
  const seconds = Number(values.seconds);
  const usable = positionals.length <= 1 && seconds > 0 && seconds <= MOST_SECONDS;
  if (!usable || (positionals.length === 1 && values.interface !== undefined)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const own = values.own?.map((text) => parseIp(text));
  if (own?.includes(undefined)) {
    process.stderr.write(`--own: write addresses as 192.168.1.5 or fd00::5\n`);
    return 2;
  }
  const words = own?.map((ip) => ip!.words as readonly [number, number, number, number]);
  const [file] = positionals;
  let report: DoctorReport;
  if (file !== undefined) report = await examine(openFile(file), false, words ?? [], 0);
  else {
    const name = values.interface ?? mirrorCandidates(listInterfaces())[0]?.name;
    if (name === undefined) {
      process.stderr.write('there is no wired interface to listen on; name one with --interface\n');
      return 2;
    }
    if (!values.json) process.stderr.write(`listening on ${name} for ${seconds} s\n`);
    report = await examine(openSource({ kind: 'auto', interface: name }), true, ownAddresses(), seconds);
  }
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : reportText(report));
  return report.verdicts.some(({ level }) => level === 'bad') ? 1 : 0;
}

/** Runs the source for so many seconds, or a file to its end, and judges it. */
export async function examine(
  source: PacketSource,
  live: boolean,
  own: (readonly [number, number, number, number])[],
  seconds: number,
): Promise<DoctorReport> {
  const pipeline = new Pipeline(limitsFor(totalmem()), { detected() {}, periodic() {}, ended() {} });
  const observer = new MirrorObserver(live);
  pipeline.mirror = observer;
  pipeline.decoding.setOwn(own);
  // Whatever is inside, the mirror itself is examined: only what a switch wraps it in is taken off.
  pipeline.decoding.follow = parseTunnels(['erspan']).follow;
  const ended = new Promise<SourceState>((resolve) => {
    source.onState = (state) => {
      if (state.status === 'ended' || state.status === 'failed') resolve(state);
    };
  });
  await source.start(pipeline);
  if (live) {
    for (let s = 0; s < seconds; s++) {
      await sleep(1000);
      tellTotals(observer, pipeline, source, Date.now() * 1000);
    }
  } else {
    await ended;
    tellTotals(observer, pipeline, source, observer.lastUs);
  }
  const report = judge(mirrorState(observer, pipeline, source), Date.now());
  await source.stop();
  return report;
}

function reportText(report: DoctorReport): string {
  const lines = [`${report.source}: ${report.packets} packets in ${report.seconds.toFixed(0)} s`, ''];
  for (const { level, title, text, advice } of report.verdicts) {
    lines.push(`${MARKS[level]} ${title}: ${text}`);
    if (advice !== '') lines.push(`    ${advice}`);
  }
  return `${lines.join('\n')}\n`;
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      interface: { type: 'string' },
      seconds: { type: 'string', default: '30' },
      own: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
    },
  });
}
