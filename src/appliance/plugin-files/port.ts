/** Plugins as files, for the pages: drafts that were uploaded or are being written, what is installed, and its versions. */
import type { PluginPermission } from '../../plugins/types.ts';
import type { CheckReport } from '../../workshop/check.ts';
import type { WouldFire } from '../../workshop/would-fire.ts';

export interface PluginFile {
  /** Relative to the plugin's folder. */
  path: string;
  bytes: number;
  /** Can be shown and edited as text. */
  text: boolean;
}

export interface PluginVersion {
  id: string;
  atMs: number;
  /** What was about to happen when it was kept: "edit user_scripts/flow/x.lua", "removed". */
  why: string;
  files: number;
}

/** draft: waits to be installed. own: installed by the owner. shipped: came with the product, read-only. */
export type PluginOrigin = 'draft' | 'own' | 'shipped';

export type Done<T = unknown> = ({ ok: true } & T) | { ok: false; message: string };

export interface PluginFilesPort {
  /** Where a plugin of that key lies; drafts come first. Undefined when there is none. */
  origin(key: string): PluginOrigin | undefined;
  drafts(): { key: string; atMs: number; replaces: boolean }[];
  files(key: string): PluginFile[];
  /** Text of a file; undefined when there is none or it is no text. */
  read(key: string, path: string): string | undefined;
  /** What the plugin asks for, in words. */
  permissions(key: string): PluginPermission[];
  /** Takes a zip or tar as a draft. */
  upload(name: string, data: Buffer): Promise<Done<{ key: string }>>;
  /** Makes a draft from a template: flow, host, javascript. */
  create(key: string, kind: string): Promise<Done>;
  /** Opens an installed plugin for editing: copies it into a draft. */
  edit(key: string): Promise<Done>;
  /** Writes a text of a draft; an empty text with `remove` takes the file away. */
  write(key: string, path: string, text: string | undefined): Promise<Done>;
  /** Runs the check of `spanwatch plugin check` in a process of its own. */
  check(key: string): Promise<CheckReport>;
  /** Puts a draft into force; the version before is kept. The engine reads the plugins anew. */
  install(key: string): Promise<Done>;
  discard(key: string): Promise<Done>;
  /** Removes an installed plugin of the owner's; the version is kept. */
  remove(key: string): Promise<Done>;
  /** Newest first. */
  versions(key: string): PluginVersion[];
  /** Puts a version back as a draft. */
  restore(key: string, id: string): Promise<Done>;
  /** Over the engine's recent flows, or over a capture. */
  wouldFire(key: string, capture?: Buffer): Promise<WouldFire>;
}
