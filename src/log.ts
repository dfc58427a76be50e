/** Log lines for the journal: "<priority>source: text" under systemd (sd-daemon(3)), "level source: text" on a terminal. */
const PRIORITY = { error: 3, warn: 4, info: 6, debug: 7 } as const;
export type Level = keyof typeof PRIORITY;

const underSystemd = process.env['JOURNAL_STREAM'] !== undefined;
const shown = process.env['SPANWATCH_LOG'] === 'debug' ? 7 : 6;

type Listener = (level: Level, source: string, text: string) => void;
const listeners = new Set<Listener>();

/** Hears every line that is logged from now on; returns the way to stop. Listeners must not log. */
export function onLog(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function log(level: Level, source: string, text: string): void {
  if (PRIORITY[level] > shown) return;
  const line = text.replaceAll(/\p{Cc}/gu, ' ').slice(0, 2000);
  for (const listener of listeners) listener(level, source, line);
  process.stderr.write(
    underSystemd ? `<${PRIORITY[level]}>${source}: ${line}\n` : `${level.padEnd(5)} ${source}: ${line}\n`,
  );
}
