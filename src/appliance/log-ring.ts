/** The last lines of the engine and the plugins, for the page. */
export interface LogLine {
  atMs: number;
  level: string;
  source: string;
  text: string;
}

/** Lines kept and characters of one: at most 2 MB. */
export const LOG_LIMITS = { lines: 1000, chars: 2000 } as const;

export interface LogRing {
  add(level: string, source: string, text: string): void;
  /** Newest last. */
  lines(): LogLine[];
}

export function createLogRing(now: () => number = Date.now): LogRing {
  const lines: LogLine[] = [];
  return {
    add(level, source, text) {
      lines.push({ atMs: now(), level, source: source.slice(0, 100), text: text.slice(0, LOG_LIMITS.chars) });
      // Cut in bulk: shifting at each line would move the whole array.
      if (lines.length >= LOG_LIMITS.lines * 1.25) lines.splice(0, lines.length - LOG_LIMITS.lines);
    },
    lines: () => lines.slice(-LOG_LIMITS.lines),
  };
}
