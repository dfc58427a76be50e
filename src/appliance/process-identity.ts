/** Tells a process from a later one that got the same number, across restarts of the machine too. */
import { readFile } from 'node:fs/promises';

/**
 * Boot id and start time in clock ticks since boot (proc(5), stat field 22), "boot:ticks"; undefined when the process is
 * gone, a zombie, or /proc is not there.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces and brackets: fields are counted after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[19] === undefined ? undefined : `${boot.trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}
