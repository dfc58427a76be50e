/** The one place that chooses a packet source. */
import { type FileOptions, FileSource } from './file.ts';

/**
 * A capture file as a source: pcap or pcapng, gzip or not; "-" is standard input. The demo uses loop, speed 'original' and
 * shiftTimesToNow. Throws a RangeError for a speed that is none.
 */
export function openFile(path: string, options: FileOptions = {}): FileSource {
  return new FileSource(path, options);
}
