/** What concerns the box as a whole: backup, restore, factory reset, starting anew, its log. */
import { log, onLog } from '../log.ts';
import { applyBackup, BackupError, eraseState, makeBackup, openBackup } from './backup.ts';
import { createLogRing, type LogLine } from './log-ring.ts';
import type { SettingsPort } from './port.ts';

/** Time for the answer to reach the browser before the page stops. */
const ANSWER_MS = 400;

export interface SystemPort {
  /** The text of a backup; rejects with a sentence. */
  backup(passphrase: string): Promise<string>;
  /** Checks a backup, then starts anew with it. The answer comes before. */
  restore(text: string, passphrase: string): Promise<{ ok: boolean; text: string }>;
  /** Forgets everything and starts anew, as on the first day. */
  factoryReset(): void;
  restart(reason: string): void;
  /** Lines of the appliance and the engine, oldest first. */
  logs(): LogLine[];
}

export interface SystemOptions {
  stateDir: string;
  version: string;
  settings: SettingsPort;
  engineLogs(): LogLine[];
  /** Stops the appliance, does what is asked between, starts it again. */
  again(reason: string, between?: () => Promise<void>): void;
}

export interface SystemDesk extends SystemPort {
  start(): void;
  stop(): void;
}

export function createSystem(options: SystemOptions): SystemDesk {
  const ring = createLogRing();
  let unhear: (() => void) | undefined;
  const soon = (reason: string, between?: () => Promise<void>): void => {
    setTimeout(() => options.again(reason, between), ANSWER_MS);
  };
  return {
    start() {
      unhear = onLog((level, source, text) => ring.add(level, source, text));
    },
    stop: () => unhear?.(),
    backup: (passphrase) =>
      makeBackup(options.stateDir, options.settings.get(), passphrase, { version: options.version, nowMs: Date.now() }),
    async restore(text, passphrase) {
      try {
        const opened = await openBackup(text, passphrase);
        log('warn', 'system', `restoring a backup of ${opened.head.name}`);
        soon('a backup is restored', () => applyBackup(options.stateDir, opened));
        const left = opened.skipped.length === 0 ? '' : `; not taken: ${opened.skipped.join(', ')}`;
        return {
          ok: true,
          text: `${opened.head.name}, ${new Date(opened.head.atMs).toISOString().slice(0, 10)}${left}`,
        };
      } catch (error) {
        if (error instanceof BackupError) return { ok: false, text: error.message };
        throw error;
      }
    },
    factoryReset() {
      log('warn', 'system', 'factory reset');
      soon('factory reset', () => eraseState(options.stateDir));
    },
    restart: (reason) => soon(reason),
    logs() {
      const all = [...ring.lines(), ...options.engineLogs()];
      return all.sort((a, b) => a.atMs - b.atMs);
    },
  };
}
