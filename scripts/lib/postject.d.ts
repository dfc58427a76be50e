/** What we use of the package: it has no types of its own. */
declare module 'postject' {
  /** Puts bytes under a name into an executable file, in place; flips the fuse that lets Node look for them. */
  export function inject(
    file: string,
    name: string,
    bytes: Uint8Array,
    options: { sentinelFuse: string },
  ): Promise<void>;
}
