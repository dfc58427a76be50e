/** Finds and loads the native module that scripts/build-native makes from ring.c; the comment there is its reference. */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPackedModule, packed } from '../../packed.ts';

declare const ringBrand: unique symbol;
/** An open ring inside the module. */
export interface RingHandle {
  readonly [ringBrand]: never;
}

export interface OpenRing {
  ring: RingHandle;
  /** The kernel's ring, mapped. Detached (length 0) by close(). */
  memory: ArrayBuffer;
  /** ARPHRD_ number of the interface (linux/if_arp.h). */
  hardwareType: number;
  /** The kernel's interface index, by which a returned namesake is told from the interface that vanished. */
  index: number;
}

/** All failures are thrown as NodeJS.ErrnoException with code, errno and syscall, but for the two that return an errno. */
export interface Addon {
  /** snapLen 0 = whole frames. onWake(0): blocks are waiting; onWake(errno): the socket failed, it may come back. */
  open(
    name: string,
    blockBytes: number,
    blockCount: number,
    snapLen: number,
    promiscuous: boolean,
    timeoutMs: number,
    onWake: (errno: number) => void,
  ): OpenRing;
  /** At most once for each ring. */
  close(ring: RingHandle): void;
  /** Packets (drops included), drops, queue freezes since the last call, into three words; gives 0 or an errno. */
  statistics(ring: RingHandle, into: Uint32Array): number;
  /** One datagram of sd_notify(3) to the path in $NOTIFY_SOCKET ("@..." is abstract); gives 0 or an errno. */
  sdNotify(path: string, text: string): number;
  /** CLOCK_MONOTONIC in microseconds. */
  monotonicUs(): number;
}

let loaded: Addon | undefined;
let problem: string | undefined;

function candidates(): string[] {
  const override = process.env['SPANWATCH_NATIVE'];
  if (override !== undefined && override !== '') return [override];
  const file = `spanwatch-${process.arch}.node`;
  const folders = [join(dirname(process.execPath), 'native')];
  if (process.argv[1] !== undefined) folders.unshift(join(dirname(process.argv[1]), 'native'));
  // In the one-file bundle import.meta is empty.
  const here: string | undefined = import.meta.url;
  if (here !== undefined) folders.unshift(fileURLToPath(new URL('../../../dist/native', here)));
  return folders.map((folder) => join(folder, file));
}

/**
 * The native module, or undefined where it is missing or does not load; addonProblem() then says why. Looks at
 * $SPANWATCH_NATIVE (a path), else in the executable itself, else for native/spanwatch-<arch>.node in dist and beside the program. Loaded once for each thread.
 */
export function loadAddon(): Addon | undefined {
  if (loaded !== undefined || problem !== undefined) return loaded;
  if (packed && !process.env['SPANWATCH_NATIVE']) return loadCarried();
  const paths = candidates();
  const path = paths.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    problem = `loading the native module: not found at ${paths.join(', ')}; run scripts/build-native`;
    return undefined;
  }
  try {
    loaded = dlopen(path);
  } catch (error) {
    problem = `loading the native module ${path}: ${(error as Error).message}; run scripts/build-native`;
  }
  return loaded;
}

function loadCarried(): Addon | undefined {
  try {
    loadPackedModule('native.node', (path) => {
      loaded = dlopen(path);
    });
  } catch (error) {
    problem = `loading the native module out of the executable: ${(error as Error).message}; give it a folder without noexec by $CACHE_DIRECTORY`;
  }
  return loaded;
}

function dlopen(path: string): Addon {
  const module = { exports: {} };
  process.dlopen(module, path, constants.dlopen.RTLD_NOW);
  return module.exports as Addon;
}

/** Why loadAddon() gave undefined, with advice; undefined when it gave the module. */
export function addonProblem(): string | undefined {
  loadAddon();
  return problem;
}
