/** A made-up store of plugin files for the pages' tests and pictures. */
import type { PluginFilesPort } from '../appliance/plugin-files/port.ts';
import { newPluginFiles } from '../workshop/new-plugin.ts';
import type { WouldFire } from '../workshop/would-fire.ts';

/** `say` decorates texts, for tests that look for what is not escaped. */
export function fakePluginFiles(say: (text: string) => string, nowMs: number): PluginFilesPort {
  const drafts = new Map<string, Map<string, string>>();
  const put = (key: string, kind: string): void =>
    void drafts.set(key, new Map(Object.entries(newPluginFiles(key, kind))));
  put('guest_wifi', 'flow');
  const own = new Map([['unexpected_dns', new Map(Object.entries(newPluginFiles('unexpected_dns', 'flow')))]]);
  const filesOf = (key: string): Map<string, string> | undefined => drafts.get(key) ?? own.get(key);
  const DAY = 86_400_000;
  const result = (what: 'recent' | 'capture'): WouldFire => ({
    what,
    ok: true,
    reason: '',
    flows: 7421,
    fromMs: nowMs - 3 * DAY,
    toMs: nowMs,
    alerts: 17,
    perDay: [3, 2, 1, 0].map((n) => ({
      day: new Date(nowMs - n * DAY).toISOString().slice(0, 10),
      count: [2, 9, 1, 5][n]!,
    })),
    hosts: [
      { host: say('192.168.1.23'), count: 11 },
      { host: say('192.168.1.40'), count: 6 },
    ],
    scripts: [{ script: say('guest_wifi'), count: 17 }],
    examples: [0, 1, 2].map((n) => ({
      atMs: nowMs - n * 3_600_000,
      script: 'guest_wifi',
      severity: 4,
      title: say('Server on the list'),
      text: say('192.168.1.23 talked to 203.0.113.9, which is on the list'),
      about: say('192.168.1.23 → 203.0.113.9:443'),
    })),
    notes: [say('not asked, because flows alone do not tell enough: Too many flows; try a capture')],
  });
  const good = { ok: true } as const;
  return {
    origin: (key) => (drafts.has(key) ? 'draft' : own.has(key) ? 'own' : undefined),
    drafts: () => [...drafts.keys()].map((key) => ({ key, atMs: nowMs - 600_000, replaces: own.has(key) })),
    files: (key) =>
      [...(filesOf(key) ?? [])]
        .map(([path, text]) => ({ path, bytes: text.length, text: true }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    read: (key, path) => filesOf(key)?.get(path),
    permissions: () => [{ id: 'store', text: say('It keeps values over restarts.'), state: 'asked' }],
    upload: () => Promise.resolve({ ok: true, key: 'guest_wifi' }),
    create(key, kind) {
      try {
        put(key, kind);
        return Promise.resolve(good);
      } catch (error) {
        return Promise.resolve({ ok: false, message: (error as Error).message });
      }
    },
    edit(key) {
      const files = own.get(key);
      if (files && !drafts.has(key)) drafts.set(key, new Map(files));
      return Promise.resolve(drafts.has(key) ? good : { ok: false, message: say(`there is no plugin ${key}`) });
    },
    write(key, path, text) {
      if (text === undefined) drafts.get(key)?.delete(path);
      else drafts.get(key)?.set(path, text);
      return Promise.resolve(good);
    },
    check: () =>
      Promise.resolve({
        ok: false,
        findings: [
          {
            level: 'error',
            file: 'user_scripts/flow/guest_wifi.lua',
            line: 22,
            message: say('flow.getInf does not exist; did you mean flow.getInfo?'),
          },
          { level: 'warning', file: 'locales/en.lua', line: 3, message: say('nobody uses the text input') },
        ],
        scripts: [{ subdir: 'flow', key: 'guest_wifi', title: say('Guest Wi-Fi'), state: 'ok', reason: '' }],
      }),
    install(key) {
      const files = drafts.get(key);
      if (!files) return Promise.resolve({ ok: false, message: say(`there is no draft of ${key}`) });
      own.set(key, files);
      drafts.delete(key);
      return Promise.resolve(good);
    },
    discard: (key) => Promise.resolve(drafts.delete(key) ? good : { ok: false as const, message: 'there is no draft' }),
    remove: (key) => Promise.resolve(own.delete(key) ? good : { ok: false as const, message: 'there is no plugin' }),
    versions: () => [
      { id: '2', atMs: nowMs - DAY, why: say('replaced'), files: 5 },
      { id: '1', atMs: nowMs - 9 * DAY, why: say('replaced'), files: 5 },
    ],
    restore(key) {
      put(key, 'flow');
      return Promise.resolve(good);
    },
    wouldFire: (_key, capture) => Promise.resolve(result(capture === undefined ? 'recent' : 'capture')),
  };
}
