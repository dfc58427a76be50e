/** Listening at the ports of this machine to find the one that is plugged into a mirror port. */
import { execFile } from 'node:child_process';
import { type InterfaceInfo, listInterfaces, mirrorCandidates } from '../capture/interfaces.ts';
import type { DoctorReport } from '../doctor/verdict.ts';
import { type EngineCommand, ownCommand } from './engine-process.ts';

/** Ports listened to at once: each is a process of 60 MB for some seconds. */
const AT_ONCE = 4;
const START_MS = 15_000;

/** What was heard at one port. */
export interface Heard {
  name: string;
  /** undefined: it could not be listened to, `error` says why. */
  report: DoctorReport | undefined;
  error: string;
}

export interface ProbePort {
  /** Ports that may be a mirror's, likeliest first by looks alone. */
  candidates(): InterfaceInfo[];
  /** Listens at some ports at the same time; the likeliest mirror first. Never rejects. */
  listen(names: readonly string[], seconds: number): Promise<Heard[]>;
}

/**
 * How much a port looks like a mirror: traffic that is not this machine's own counts, in its orders of magnitude; faults
 * that the doctor names count against it.
 */
export function mirrorScore({ report }: Heard): number {
  if (report === undefined) return -100;
  const level = (id: string): string => report.verdicts.find((v) => v.id === id)?.level ?? 'unknown';
  let score = Math.log10(report.packets + 1) * 4;
  if (report.packets === 0) score -= 20;
  if (level('own_traffic') === 'bad') score -= 30;
  if (level('broadcast_only') === 'bad') score -= 15;
  if (level('directions') === 'good') score += 6;
  for (const id of ['link', 'traffic', 'directions']) if (level(id) === 'bad') score -= 5;
  return score;
}

function listenAt(name: string, seconds: number, command: (args: string[]) => EngineCommand): Promise<Heard> {
  const { file, args } = command(['doctor', '--interface', name, '--seconds', String(seconds), '--json']);
  return new Promise((resolve) => {
    execFile(file, args, { timeout: seconds * 1000 + START_MS, maxBuffer: 1 << 20 }, (_error, stdout, stderr) => {
      try {
        // Exit code 1 means that a verdict is bad: the report is there all the same.
        resolve({ name, report: JSON.parse(stdout) as DoctorReport, error: '' });
      } catch {
        resolve({
          name,
          report: undefined,
          error: stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? 'it did not answer',
        });
      }
    });
  });
}

export function createProbe(command: (args: string[]) => EngineCommand = ownCommand): ProbePort {
  let running: Promise<Heard[]> | undefined;
  return {
    candidates: () => mirrorCandidates(listInterfaces()),
    listen(names, seconds) {
      // A second press of the button gets the answer of the first.
      running ??= Promise.all(names.slice(0, AT_ONCE).map((name) => listenAt(name, seconds, command)))
        .then((heard) => heard.sort((a, b) => mirrorScore(b) - mirrorScore(a)))
        .finally(() => {
          running = undefined;
        });
      return running;
    },
  };
}
