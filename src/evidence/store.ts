/**
 * Evidence files: a flow's packets at the time of an alert, one small capture each, in a folder with bounds of all kinds:
 * bytes of one file, files of one kind of alert, bytes written in a day, bytes in all. Losing one is no harm: files are
 * written without waiting for the card, and what a power cut left torn is removed at the next start.
 */
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlertEvent, AlertEvidence } from '../alerts/alert.ts';
import type { EvidenceRing } from './ring.ts';

/** Folder below the state folder. */
export const EVIDENCE_FOLDER = 'evidence';

export const LIMITS = {
  /** Bytes of one file: a handshake and some hundred headers. */
  fileBytes: 128 << 10,
  /** Files, so that a folder is listed at once even when each is tiny. */
  files: 5000,
  /** Bytes written in a day; the rest of the day's alerts have no evidence. 10 MB a day are nothing for a card. */
  dayBytes: 10_000_000,
  /** Alerts of the same kind between the same hosts get new evidence only after so much packet time, ms. */
  againMs: 600_000,
  /** Such kinds remembered. */
  kinds: 1024,
  /** Files being written at once; more at a moment is a storm of alerts that says the same. */
  pending: 32,
} as const;

const DAY_MS = 86_400_000;
const SUFFIX = '.pcap';

interface Kept {
  key: string;
  bytes: number;
}

export interface EvidenceHealth {
  files: number;
  bytes: number;
  /** Written since the begin of the day (UTC). */
  bytesToday: number;
  /** Alerts that got none because a bound was reached, since start. */
  refused: number;
  /** The last error of the disk, "". */
  problem: string;
}

export class EvidenceStore {
  readonly #folder: string;
  readonly #totalBytes: number;
  readonly #ring: EvidenceRing;
  readonly #now: () => number;
  /** Oldest first. */
  #files: Kept[] = [];
  #bytes = 0;
  #day = -1;
  #bytesToday = 0;
  #refused = 0;
  #problem = '';
  readonly #recent = new Map<string, { atMs: number; evidence: AlertEvidence }>();
  readonly #writing = new Set<Promise<void>>();

  /** `totalBytes` 0 keeps nothing. */
  constructor(folder: string, ring: EvidenceRing, totalBytes: number, now: () => number = Date.now) {
    this.#folder = folder;
    this.#ring = ring;
    this.#totalBytes = totalBytes;
    this.#now = now;
  }

  /** Makes the folder and reads what is in it. A disk that refuses is a line in health(), not an error. */
  async start(): Promise<void> {
    if (this.#totalBytes === 0) return;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const found: (Kept & { atMs: number })[] = [];
      for (const name of await readdir(this.#folder)) {
        const path = join(this.#folder, name);
        const info = await stat(path);
        if (!name.endsWith(SUFFIX) || info.size < 24) await rm(path, { force: true, recursive: false });
        else found.push({ key: name.slice(0, -SUFFIX.length), bytes: info.size, atMs: info.mtimeMs });
      }
      found.sort((a, b) => a.atMs - b.atMs);
      this.#files = found.map(({ key, bytes }) => ({ key, bytes }));
      this.#bytes = found.reduce((sum, { bytes }) => sum + bytes, 0);
      const day = Math.floor(this.#now() / DAY_MS);
      this.#day = day;
      this.#bytesToday = found.reduce((sum, f) => sum + (Math.floor(f.atMs / DAY_MS) === day ? f.bytes : 0), 0);
      await this.#makeRoom(0);
    } catch (error) {
      this.#problem = `evidence in ${this.#folder}: ${(error as Error).message}`;
    }
  }

  /** Waits for files that are being written. */
  async stop(): Promise<void> {
    await Promise.all(this.#writing);
  }

  /** The alert with the packets of its flow frozen, or as it was where there is none, or no room. */
  freeze(alert: AlertEvent): AlertEvent {
    const { flow } = alert;
    if (flow === undefined || alert.action === 'release' || this.#totalBytes === 0) return alert;
    const kind = [alert.typeName, alert.subtype, flow.client, flow.server, flow.serverPort, flow.vlan].join('\u0000');
    const before = this.#recent.get(kind);
    // Two alerts of one flow, or the same again: the file that is there tells it.
    if (before !== undefined && Math.abs(alert.atMs - before.atMs) < LIMITS.againMs) {
      return { ...alert, evidence: before.evidence };
    }
    const evidence = this.#write(alert.key, flow.id);
    if (evidence === undefined) return alert;
    this.#recent.delete(kind);
    if (this.#recent.size >= LIMITS.kinds) {
      const oldest = this.#recent.keys().next();
      if (!oldest.done) this.#recent.delete(oldest.value);
    }
    this.#recent.set(kind, { atMs: alert.atMs, evidence });
    return { ...alert, evidence };
  }

  health(): EvidenceHealth {
    return {
      files: this.#files.length,
      bytes: this.#bytes,
      bytesToday: this.#bytesToday,
      refused: this.#refused,
      problem: this.#problem,
    };
  }

  #write(key: string, flowId: number): AlertEvidence | undefined {
    const day = Math.floor(this.#now() / DAY_MS);
    if (day !== this.#day) this.#bytesToday = 0;
    this.#day = day;
    const room = Math.min(LIMITS.fileBytes, LIMITS.dayBytes - this.#bytesToday, this.#totalBytes);
    if (room < 1024 || this.#writing.size >= LIMITS.pending) {
      this.#refused++;
      return undefined;
    }
    const frozen = this.#ring.freeze(flowId, room);
    if (frozen === undefined || frozen.packets === 0) return undefined;
    const bytes = frozen.file.length;
    this.#bytesToday += bytes;
    this.#bytes += bytes;
    this.#files.push({ key, bytes });
    const work = this.#save(key, frozen.file)
      .catch((error: Error) => {
        this.#problem = `writing evidence ${key}: ${error.message}`;
        this.#files = this.#files.filter((file) => file.key !== key);
        this.#bytes -= bytes;
      })
      .finally(() => this.#writing.delete(work));
    this.#writing.add(work);
    return { key, packets: frozen.packets, bytes };
  }

  async #save(key: string, file: Uint8Array): Promise<void> {
    await this.#makeRoom(1);
    const path = join(this.#folder, `${key}${SUFFIX}`);
    await writeFile(`${path}.part`, file, { mode: 0o600 });
    await rename(`${path}.part`, path);
    this.#problem = '';
  }

  /** Removes the oldest files until the bounds hold; the `young` last ones are only about to be written. */
  async #makeRoom(young: number): Promise<void> {
    while (this.#files.length > young && (this.#bytes > this.#totalBytes || this.#files.length > LIMITS.files)) {
      const gone = this.#files.shift()!;
      this.#bytes -= gone.bytes;
      await rm(join(this.#folder, `${gone.key}${SUFFIX}`), { force: true });
    }
  }
}
