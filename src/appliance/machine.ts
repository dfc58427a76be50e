/** The machine under the appliance: memory, temperature, storage, clock, and what is written to the card. */
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { loadavg } from 'node:os';

export interface MachineState {
  memory: { totalBytes: number; availableBytes: number };
  /** °C of the hottest sensor; undefined where there is none. */
  temperature: number | undefined;
  /** Load of one minute and cores. */
  load: { one: number; cores: number };
  storage: { totalBytes: number; freeBytes: number };
  /** right: a time service says so. wrong: earlier than this program. unknown: nobody says anything. */
  clock: 'right' | 'wrong' | 'unknown';
  /** Bytes that went to storage since each process began (proc_pid_io(5), write_bytes), and for how long. */
  writes: { appliance: number; engine: number | undefined; seconds: number };
}

/** A machine whose clock is before this had no battery and no time server yet. */
const EARLIEST = Date.UTC(2026, 0, 1);
const SYNCED = ['/run/systemd/timesync/synchronized', '/run/chrony/chronyd.pid', '/run/chrony.pid'];
/** Read at most so often: several pages ask. */
const KEEP_MS = 2000;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** kB of a line of /proc/meminfo as bytes. */
export function meminfo(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

/** write_bytes of /proc/PID/io; undefined when the process is gone or not ours. */
export function writeBytes(text: string): number | undefined {
  const found = /^write_bytes: (\d+)$/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function temperature(): number | undefined {
  try {
    const zones = readdirSync('/sys/class/thermal').filter((name) => name.startsWith('thermal_zone'));
    // The kernel gives thousandths; some boards answer nonsense while they sleep.
    const degrees = zones
      .map((zone) => Number.parseInt(read(`/sys/class/thermal/${zone}/temp`), 10) / 1000)
      .filter((t) => t > 0 && t < 150);
    return degrees.length === 0 ? undefined : Math.max(...degrees);
  } catch {
    return undefined;
  }
}

function storage(dir: string): MachineState['storage'] {
  try {
    const s = statfsSync(dir);
    return { totalBytes: s.blocks * s.bsize, freeBytes: s.bavail * s.bsize };
  } catch {
    return { totalBytes: 0, freeBytes: 0 };
  }
}

export function createMachine(
  stateDir: string,
  enginePid: () => number,
  cores: number,
  now: () => number = Date.now,
): () => MachineState {
  let kept: MachineState | undefined;
  let keptAt = 0;
  return () => {
    if (kept !== undefined && performance.now() - keptAt < KEEP_MS) return kept;
    keptAt = performance.now();
    const memory = read('/proc/meminfo');
    const pid = enginePid();
    kept = {
      memory: { totalBytes: meminfo(memory, 'MemTotal'), availableBytes: meminfo(memory, 'MemAvailable') },
      temperature: temperature(),
      load: { one: loadavg()[0] ?? 0, cores },
      storage: storage(stateDir),
      clock: now() < EARLIEST ? 'wrong' : SYNCED.some((path) => existsSync(path)) ? 'right' : 'unknown',
      writes: {
        appliance: writeBytes(read('/proc/self/io')) ?? 0,
        engine: pid > 0 ? writeBytes(read(`/proc/${pid}/io`)) : undefined,
        seconds: process.uptime(),
      },
    };
    return kept;
  };
}
