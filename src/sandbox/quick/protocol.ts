/** What the host and the bridge inside QuickJS say to each other. Every function takes and returns JSON text. */

/** What a bridge puts into the global `__bridge`. */
export interface Bridge {
  /** [chunk, source, env ref or 0] → Reply */
  load(chunk: string, source: string, env: number): string;
  /** Arguments as JSON (wire.ts) → Reply; without results when `discard`. */
  call(ref: number, args: string, discard: boolean): string;
  /** Path names as JSON → ref, 0 when there is no function or table. */
  field(ref: number, path: string): number;
  /** → Reply */
  read(ref: number): string;
  /** JSON of a list with one value → ref */
  keep(value: string): number;
  release(ref: number): void;
  /** Binds host function `id`; `level`: whose position errors carry. */
  bind(path: string, id: number, level: number): void;
  bindRecord(path: string, fields: string, id: number): void;
  set(path: string, value: string): void;
}

export type Reply =
  | { values: unknown[]; ref?: number }
  | { fault: 'error' | 'stack'; message: string; traceback?: string };

/** Globals that the host gives before the bridge is evaluated. */
export interface HostGlobals {
  /** Calls host function `id` with a JSON list; JSON list back, or "!" and an error text. */
  __host(id: number, args: string): string;
  /** The engine ran out of memory somewhere below; the call is over. */
  __memory(): void;
  /** Bounds: bytes of one value. */
  __valueBytes: number;
}
