/** Plugins as files (port.ts) over three folders of the state: plugins, plugin-drafts, plugin-versions. */
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { permissionsOf } from '../../plugins/permissions.ts';
import { scanPlugins } from '../../plugins/scan.ts';
import type { CheckReport } from '../../workshop/check.ts';
import { newPluginFiles } from '../../workshop/new-plugin.ts';
import { couldNotFire, type WouldFire } from '../../workshop/would-fire.ts';
import { ArchiveError, pluginIn, readArchive } from './archive.ts';
import type { Done, PluginFilesPort, PluginOrigin } from './port.ts';
import { filesOf, isKey, isPath, isTextFile, readAll, replaceFolder, VERSION_LIMITS, Versions } from './store.ts';
import { runTool } from './tool.ts';

/** Drafts at a time; each may have 12 MB. */
const MAX_DRAFTS = 20;

export interface PluginFilesOptions {
  stateDir: string;
  /** Folders of plugins that ship. */
  shippedDirs: readonly string[];
  /** Tells the engine to read the plugins anew. */
  reload(): Promise<{ ok: boolean; text: string }>;
  /** Asks the engine over its recent flows. */
  recent(folder: string): Promise<WouldFire>;
  tool?: typeof runTool;
}

const no = (message: string): { ok: false; message: string } => ({ ok: false, message });

export function createPluginFiles(options: PluginFilesOptions): PluginFilesPort {
  const own = join(options.stateDir, 'plugins');
  const drafts = join(options.stateDir, 'plugin-drafts');
  const versions = new Versions(join(options.stateDir, 'plugin-versions'));
  const tool = options.tool ?? runTool;
  const has = (folder: string): boolean =>
    statSync(join(folder, 'manifest.lua'), { throwIfNoEntry: false }) !== undefined;

  function place(key: string): { origin: PluginOrigin; folder: string } | undefined {
    if (!isKey(key)) return undefined;
    for (const [origin, root] of [
      ['draft', drafts],
      ['own', own],
    ] as const)
      if (has(join(root, key))) return { origin, folder: join(root, key) };
    for (const root of options.shippedDirs)
      if (has(join(root, key))) return { origin: 'shipped', folder: join(root, key) };
    return undefined;
  }
  const isShipped = (key: string): boolean => options.shippedDirs.some((root) => has(join(root, key)));
  const draftNames = (): string[] => scanPlugins([drafts]).plugins.map((plugin) => plugin.key);

  async function putDraft(key: string, files: ReadonlyMap<string, Buffer>): Promise<Done> {
    if (!isKey(key)) return no(`"${key}" will not do as a plugin's name`);
    if (isShipped(key)) return no(`${key} ships with spanwatch: give the folder another name, then both can be there`);
    if (!has(join(drafts, key)) && draftNames().length >= MAX_DRAFTS)
      return no(`there are ${MAX_DRAFTS} drafts: install or discard one first`);
    for (const path of files.keys()) if (!isPath(path)) return no(`the name ${path} is not taken`);
    await replaceFolder(join(drafts, key), files);
    return { ok: true };
  }

  return {
    origin: (key) => place(key)?.origin,
    drafts: () =>
      draftNames().map((key) => ({
        key,
        atMs: statSync(join(drafts, key), { throwIfNoEntry: false })?.mtimeMs ?? 0,
        replaces: has(join(own, key)),
      })),
    files: (key) => filesOf(place(key)?.folder ?? ''),
    read(key, path) {
      const found = place(key);
      if (!found || !isPath(path) || !isTextFile(path)) return undefined;
      const file = filesOf(found.folder).find((f) => f.path === path);
      if (!file || file.bytes > VERSION_LIMITS.textBytes) return undefined;
      return readFileSync(join(found.folder, path), 'utf8');
    },
    permissions(key) {
      const found = place(key);
      if (!found) return [];
      const source = scanPlugins([join(found.folder, '..')]).plugins.find((plugin) => plugin.key === key);
      return source ? permissionsOf(source, {}) : [];
    },
    async upload(name, data) {
      try {
        const { key, files } = pluginIn(readArchive(data), name);
        const put = await putDraft(key, files);
        return put.ok ? { ok: true, key } : put;
      } catch (error) {
        if (error instanceof ArchiveError) return no(error.message);
        throw error;
      }
    },
    async create(key, kind) {
      if (place(key)) return no(`there is a plugin ${key} already`);
      try {
        const files = Object.entries(newPluginFiles(key, kind)).map(
          ([path, text]) => [path, Buffer.from(text)] as const,
        );
        return await putDraft(key, new Map(files));
      } catch (error) {
        return no((error as Error).message);
      }
    },
    async edit(key) {
      const found = place(key);
      if (!found) return no(`there is no plugin ${key}`);
      return found.origin === 'draft' ? { ok: true } : await putDraft(key, readAll(found.folder));
    },
    async write(key, path, text) {
      const found = place(key);
      if (found?.origin !== 'draft') return no(`${key} is not open for editing`);
      if (!isPath(path) || !isTextFile(path))
        return no(`"${path}" will not do: a file is named like user_scripts/flow/name.lua`);
      const files = readAll(found.folder);
      if (text === undefined) {
        if (path === 'manifest.lua') return no('a plugin without manifest.lua is none');
        files.delete(path);
      } else {
        const data = Buffer.from(text.replaceAll('\r\n', '\n'), 'utf8');
        if (data.length > VERSION_LIMITS.textBytes)
          return no(`the text is longer than ${VERSION_LIMITS.textBytes} bytes`);
        files.set(path, data);
      }
      return await putDraft(key, files);
    },
    async check(key) {
      const found = place(key);
      if (!found) return { ok: false, findings: [], scripts: [] };
      return (await tool(['check', found.folder])) as CheckReport;
    },
    async install(key) {
      const found = place(key);
      if (found?.origin !== 'draft') return no(`there is no draft of ${key}`);
      const report = (await tool(['check', found.folder])) as CheckReport;
      const first = report.findings.find((finding) => finding.level === 'error');
      if (!report.ok && first) return no(`${first.file}:${first.line}: ${first.message}`);
      const target = join(own, key);
      if (has(target)) await versions.keep(key, 'replaced', readAll(target));
      await replaceFolder(target, readAll(found.folder));
      await rm(found.folder, { recursive: true, force: true });
      const loaded = await options.reload();
      return loaded.ok ? { ok: true } : no(loaded.text);
    },
    async discard(key) {
      if (!isKey(key) || !has(join(drafts, key))) return no(`there is no draft of ${key}`);
      await versions.keep(key, 'draft discarded', readAll(join(drafts, key)));
      await rm(join(drafts, key), { recursive: true, force: true });
      return { ok: true };
    },
    async remove(key) {
      if (!isKey(key) || !has(join(own, key)))
        return no(
          isShipped(key) ? `${key} ships with spanwatch: switch its scripts off instead` : `there is no plugin ${key}`,
        );
      await versions.keep(key, 'removed', readAll(join(own, key)));
      await rm(join(own, key), { recursive: true, force: true });
      const loaded = await options.reload();
      return loaded.ok ? { ok: true } : no(loaded.text);
    },
    versions: (key) => (isKey(key) ? versions.list(key) : []),
    async restore(key, id) {
      const files = isKey(key) ? versions.get(key, id) : undefined;
      return files ? await putDraft(key, files) : no(`there is no such version of ${key}`);
    },
    async wouldFire(key, capture) {
      const found = place(key);
      if (!found) return couldNotFire('recent', `there is no plugin ${key}`);
      if (capture === undefined) return await options.recent(found.folder);
      const folder = mkdtempSync(join(tmpdir(), 'spanwatch-capture-'));
      const file = join(folder, 'capture.pcap');
      try {
        await writeFile(file, capture);
        return (await tool(['run', file, '--plugin', found.folder, '--all'])) as WouldFire;
      } catch (error) {
        return couldNotFire('capture', error instanceof Error ? error.message : String(error));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
