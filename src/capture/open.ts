/** The one place that chooses a packet source. */
import { capSource } from './cap.ts';
import { type FileOptions, FileSource } from './file.ts';
import { linkTypeOf, readLink } from './link.ts';
import { loadAddon } from './native/addon.ts';
import { type RingOptions, ringSource } from './ring.ts';
import type { PacketSource } from './source.ts';

export interface OpenOptions extends RingOptions {
  /** Interface name; it need not be there yet. */
  interface: string;
  /** auto (default): the ring, or libpcap where the native module is missing or the interface's link type needs it. */
  kind?: 'auto' | 'ring' | 'cap';
}

/** A source on an interface. Nothing is opened before start(); what goes wrong then is its state. */
export function openSource(options: OpenOptions): PacketSource {
  const { interface: name, kind = 'auto', ...ring } = options;
  if (kind === 'ring' || (kind === 'auto' && ringFits(name))) return ringSource(name, ring);
  return capSource(name);
}

function ringFits(name: string): boolean {
  if (process.platform !== 'linux' || loadAddon() === undefined) return false;
  const link = readLink(name);
  return !link.exists || linkTypeOf(link.hardwareType) !== undefined;
}

/**
 * A capture file as a source: pcap or pcapng, gzip or not; "-" is standard input. The demo uses loop, speed 'original' and
 * shiftTimesToNow. Throws a RangeError for a speed that is none.
 */
export function openFile(path: string, options: FileOptions = {}): FileSource {
  return new FileSource(path, options);
}
