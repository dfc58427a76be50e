/**
 * Every table's bound, in one place, with its reason. A table that reaches its bound evicts by its own rule and counts
 * it; none grows past it. `limitsFor` derives the larger ones from the machine's memory at start.
 */
export interface Limits {
  /** Flows in the table; 260 bytes each plus what the parsers learned (about 1 kB where there is text). */
  flows: number;
  /** Hosts in the table; 350 bytes each. */
  hosts: number;
  /** Devices (MACs) known, remembered ones included; about 1 kB each with its addresses and names. */
  devices: number;
  /** Flows under inspection at once; each may hold two stream prefixes. */
  inspections: number;
  /** Bytes of one direction of a TCP stream that detection may look at. */
  streamBytes: number;
  /** Bytes of all stream prefixes together. */
  streamTotalBytes: number;
}

export function limitsFor(totalMemoryBytes: number): Limits {
  // A box of 1 GB gives the engine about 60 MB for flows; larger boxes stop at 262,144 flows, which is a large office.
  const flows = Math.min(262_144, Math.max(16_384, 2 ** Math.floor(Math.log2(totalMemoryBytes / 8192))));
  return {
    flows,
    hosts: Math.max(8192, flows >> 2),
    devices: Math.min(16_384, Math.max(1024, flows >> 5)),
    inspections: Math.max(4096, flows >> 3),
    streamBytes: 32_768,
    streamTotalBytes: Math.min(64 << 20, Math.max(8 << 20, totalMemoryBytes >> 6)),
  };
}
