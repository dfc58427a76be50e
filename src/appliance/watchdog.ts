/**
 * Decides whether the service deserves its next beat: only while every part has made progress. A part that may stand
 * still (an interface without carrier, an engine between two starts) excuses itself.
 */
export interface WatchedPart {
  name: string;
  /** A number that changes while the part works; undefined when it has a good reason to stand still. */
  progress(): number | undefined;
  /** Called once when the part has stood still for too long, before the beats stop for good. */
  revive?(reason: string): void;
}

export interface WatchdogOptions {
  parts: WatchedPart[];
  /** Beats are sent this often: half of what systemd asks for. */
  beatMs: number;
  /** A part that stands still this long holds the beats back; default: one beat, at least 5 s. */
  stallMs?: number;
  beat(): void;
  onStall?(part: string, text: string): void;
}

export interface Watchdog {
  start(): void;
  stop(): void;
  /** Parts that stand still, with the time in ms. */
  stalled(): { name: string; ms: number }[];
  beats(): number;
}

/** How often progress is looked at. */
const LOOK_MS = 1000;

export function createWatchdog(options: WatchdogOptions): Watchdog {
  const stallMs = options.stallMs ?? Math.max(5000, options.beatMs);
  const seen = new Map<string, { progress: number | undefined; since: number; told: boolean }>();
  let timer: NodeJS.Timeout | undefined;
  let lastBeat = 0;
  let beats = 0;

  function look(): void {
    const now = performance.now();
    for (const part of options.parts) {
      const progress = part.progress();
      const before = seen.get(part.name);
      if (before === undefined || progress === undefined || progress !== before.progress) {
        seen.set(part.name, { progress, since: now, told: false });
        continue;
      }
      const ms = now - before.since;
      if (ms < stallMs || before.told) continue;
      before.told = true;
      const text = `${part.name} has made no progress for ${Math.round(ms / 1000)} s`;
      options.onStall?.(part.name, text);
      part.revive?.(text);
    }
    if (now - lastBeat < options.beatMs - LOOK_MS / 2 || stalled().length > 0) return;
    lastBeat = now;
    beats += 1;
    options.beat();
  }

  function stalled(): { name: string; ms: number }[] {
    const now = performance.now();
    return Array.from(seen, ([name, { since }]) => ({ name, ms: now - since })).filter(({ ms }) => ms >= stallMs);
  }

  return {
    start() {
      // The first beat goes out at once: systemd counts from the start of the service.
      lastBeat = Number.NEGATIVE_INFINITY;
      look();
      timer = setInterval(look, Math.min(LOOK_MS, options.beatMs));
    },
    stop() {
      clearInterval(timer);
    },
    stalled,
    beats: () => beats,
  };
}
