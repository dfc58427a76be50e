/**
 * An appliance made of data, for tests of the page and for looking at it without a network. `hostile` puts a text of the
 * XSS corpus into every field that the network or a plugin fills.
 */

import type { StoredAlert } from '../alerts/alert.ts';
import type { Exclusion } from '../alerts/exclusion.ts';
import { type PreviewRows, previewOf } from '../alerts/exclusions.ts';
import { alertMatcher } from '../alerts/filter.ts';
import { type AlertGroup, type Grouping, groupKey } from '../alerts/group.ts';
import { BackupError } from '../appliance/backup.ts';
import { pairFault } from '../appliance/certificate.ts';
import { createConfigDesk } from '../appliance/config-port.ts';
import type { ConfigState, ConfigStore } from '../appliance/config-store.ts';
import type { AlertFilter, AppliancePort, Settings } from '../appliance/port.ts';
import { defaultSettings } from '../appliance/settings-schema.ts';
import type { Answer, Topic } from '../link/topics.ts';
import type { EngineStats, FlowRow } from '../messages.ts';
import type { Destination, NotifyPort } from '../notify/notify.ts';
import { emptySet } from '../plugins/configsets.ts';
import { defaultPools } from '../plugins/pools.ts';
import type { HookConf, PluginInfo, ScriptInfo } from '../plugins/types.ts';
import { parseConf } from '../plugins/validate.ts';
import { makeAlerts, makeExclusions, makeFlows, makePlugins, type Say } from './fake-data.ts';
import { fakeMirror } from './fake-mirror.ts';
import { fakeNetwork } from './fake-network.ts';
import { fakePluginFiles } from './fake-plugin-files.ts';
import { makeTraffic } from './fake-traffic.ts';
import { XSS_CORPUS } from './xss-corpus.ts';

export interface FakeOptions {
  hostile?: boolean;
  alerts?: number;
  flows?: number;
  settings?: Partial<Settings>;
  nowMs?: number;
  /** An appliance on its first day: no alerts, no flows. */
  empty?: boolean;
}

export interface FakePort extends AppliancePort {
  /** What was called, for tests. */
  calls: string[];
  data: {
    alerts: StoredAlert[];
    flows: FlowRow[];
    plugins: PluginInfo[];
    conf: Map<string, Record<string, HookConf>>;
    engine: 'running' | 'down' | 'starting';
    lost: number;
    parts: { name: string; ok: boolean; text: string }[];
  };
}

/** Sets, pools and grants that no disk keeps. */
function memoryConfig(): ConfigStore {
  let state: ConfigState = { sets: [emptySet()], pools: defaultPools(), grants: {}, recipients: [] };
  const changeAll: ConfigStore['changeAll'] = (change) => {
    const next = change(state);
    const changed = next !== state;
    state = next;
    return Promise.resolve(changed);
  };
  return {
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    sets: () => state.sets,
    pools: () => state.pools,
    grants: () => state.grants,
    recipients: () => state.recipients,
    changeAll,
    change: (change) => changeAll((all) => ({ ...all, sets: change(all.sets) })),
    save: async (sets) => void (await changeAll((all) => ({ ...all, sets: [...sets] }))),
    notices: () => [],
  };
}

export function createFakePort(options: FakeOptions = {}): FakePort {
  const now = options.nowMs ?? Date.now();
  let at = 0;
  /** In hostile mode the next text of the corpus, else the realistic one. */
  const say = (text: string): string => (options.hostile ? XSS_CORPUS[at++ % XSS_CORPUS.length]! : text);

  const plugins = makePlugins(say, now);
  const flows = options.empty ? [] : makeFlows(say, now, options.flows ?? 60);
  const alerts = options.empty ? [] : makeAlerts(say, now, options.alerts ?? 57, flows);
  const conf = new Map<string, Record<string, HookConf>>();
  for (const p of plugins) {
    for (const s of p.scripts) {
      const entry = (): HookConf => ({ enabled: s.defaultEnabled, script_conf: structuredClone(s.defaultConf) });
      conf.set(`${s.subdir}/${s.key}`, Object.fromEntries(s.configHooks.map((h) => [h, entry()])));
    }
  }
  const scriptOf = (subdir: string, key: string): ScriptInfo | undefined =>
    plugins.flatMap((p) => p.scripts).find((s) => s.subdir === subdir && s.key === key);
  let settings: Settings = {
    ...defaultSettings(),
    name: options.hostile ? '"><script>window.hit=1</script>' : 'Office',
    interface: 'eth1',
    localNetworks: ['192.168.1.0/24', 'fd00::/8'],
    language: 'en',
    passwordHash: '',
    ...options.settings,
  };
  const answers = { ...makeTraffic(say, now, options.empty === true), ...fakeMirror(say, now) };
  const desk = createConfigDesk(
    memoryConfig(),
    () => plugins,
    () => {},
  );
  const listeners = new Set<() => void>();
  const shownBy = (f: AlertFilter): StoredAlert[] => {
    const fits = alertMatcher(f);
    return alerts.filter(fits).sort((a, b) => b.lastMs - a.lastMs);
  };
  const exclusions = makeExclusions(say, now, options.empty === true);
  const rows: PreviewRows = { each: (look) => [...alerts].sort((a, b) => b.lastMs - a.lastMs).forEach(look) };
  const changed = (): void => {
    for (const l of listeners) l();
  };

  const port: FakePort = {
    version: '0.1.0',
    calls: [],
    data: {
      alerts,
      flows,
      plugins,
      conf,
      engine: 'running',
      lost: 1240,
      parts: [
        { name: 'capture', ok: true, text: say('ring on eth1, 48,210 packets a second at the most so far') },
        { name: 'engine', ok: true, text: say('running') },
        { name: 'plugins', ok: true, text: say('7 plugins, queue empty') },
        { name: 'store', ok: true, text: say('flushed 2 s ago') },
      ],
    },
    names: {
      protocol: (id) =>
        ({
          0: 'Unknown',
          3: 'SMTP',
          5: 'DNS',
          7: 'HTTP',
          9: 'NTP',
          18: 'DHCP',
          81: 'ICMP',
          91: 'TLS',
          92: 'SSH',
          126: 'Google',
          188: 'QUIC',
        })[id],
      category: (id) => ({ 0: 'Unspecified', 5: 'Web', 12: 'RemoteAccess', 14: 'Network', 18: 'System' })[id],
      risk: (id) =>
        ({ 5: 'Known protocol on non standard port', 6: 'Self-signed certificate', 9: 'TLS certificate expired' })[id],
    },
    alerts: {
      query: (f) => {
        const found = shownBy(f);
        return { total: found.length, items: found.slice(f.offset, f.offset + f.limit) };
      },
      groups: (f, by) => {
        const found = shownBy(f);
        const groups = foldGroups(found, by);
        return { total: groups.length, alerts: found.length, items: groups.slice(f.offset, f.offset + f.limit) };
      },
      alike: (id) => {
        const own = alerts.find((a) => a._id === id);
        const count = (by: Grouping): number =>
          own === undefined ? 0 : alerts.filter((a) => groupKey(a, by) === groupKey(own, by)).length;
        return {
          thing: count('thing'),
          type: count('type'),
          source: count('source'),
          destination: count('destination'),
        };
      },
      ids: (f, most) =>
        shownBy(f)
          .slice(0, most)
          .map((a) => a._id),
      get: (id) => alerts.find((a) => a._id === id),
      counts: () => {
        const open = alerts.filter((a) => !a.acknowledged);
        const byKind: Record<string, number> = {};
        for (const a of open) byKind[a.kind] = (byKind[a.kind] ?? 0) + 1;
        return { all: open.length, byKind, engaged: alerts.filter((a) => a.state === 'engaged').length };
      },
      acknowledge: (ids, on) => {
        port.calls.push(`acknowledge ${ids.join(' ')} ${on}`);
        for (const a of alerts) if (ids.includes(a._id)) a.acknowledged = on;
        changed();
        return Promise.resolve();
      },
      note: (id, text) => {
        for (const a of alerts) if (a._id === id) a.note = text;
        return Promise.resolve();
      },
      remove: (ids) => {
        port.calls.push(`remove ${ids.join(' ')}`);
        for (const id of ids) {
          const i = alerts.findIndex((a) => a._id === id);
          if (i >= 0) alerts.splice(i, 1);
        }
        changed();
        return Promise.resolve();
      },
      health: () => ({
        documents: alerts.length,
        limit: 50_000,
        fileBytes: 412_000,
        fileLimit: 64_000_000,
        dropped: 0,
        pendingWrites: 3,
        bytesWrittenToday: 2_310_000,
        notices: options.hostile ? [say('')] : [],
      }),
      onChange: (l) => {
        listeners.add(l);
        return () => listeners.delete(l);
      },
    },
    exclusions: {
      list: () => exclusions,
      get: (id) => exclusions.find((e) => e._id === id),
      preview: (match) => previewOf(match, rows),
      add: (draft, author) => {
        port.calls.push(`exclude ${JSON.stringify(draft.match)}`);
        const made: Exclusion = {
          ...draft,
          _id: `e${exclusions.length + 1}`,
          author,
          createdMs: Date.now(),
          hits: 0,
          day: '',
          hitsToday: 0,
        };
        exclusions.unshift(made);
        return Promise.resolve(made);
      },
      change: (id, draft) => {
        const at = exclusions.findIndex((e) => e._id === id);
        if (at < 0) return Promise.resolve(undefined);
        const { expiresMs: _, ...rest } = exclusions[at]!;
        exclusions[at] = { ...rest, ...draft };
        return Promise.resolve(exclusions[at]);
      },
      remove: (id) => {
        port.calls.push(`include ${id}`);
        const at = exclusions.findIndex((e) => e._id === id);
        if (at >= 0) exclusions.splice(at, 1);
        return Promise.resolve(at >= 0);
      },
      hiddenToday: () => exclusions.reduce((sum, e) => sum + e.hitsToday, 0),
    },
    pluginFiles: fakePluginFiles(say, now),
    engine: {
      state: () => ({
        status: port.data.engine,
        reason:
          port.data.engine === 'running' ? '' : say('the engine ended with signal SIGKILL; starting again in 2 s'),
        restarts: 1,
        pid: 4711,
        sinceMs: now - 3_600_000,
      }),
      ask: (topic, args) => {
        const handler = (answers as Partial<Record<Topic, (args: unknown) => unknown>>)[topic];
        if (!handler || port.data.engine !== 'running')
          return Promise.reject(new Error(`the engine does not answer ${topic}`));
        return Promise.resolve(handler(args) as Answer<typeof topic>);
      },
      stats: () => (port.data.engine === 'running' ? makeStats(say, now, port, options.empty === true) : undefined),
      plugins: () => plugins,
      flows: (q) => {
        if (port.data.engine !== 'running') return Promise.reject(new Error('the engine does not answer'));
        const text = q.search.toLowerCase();
        const name = (f: FlowRow): string =>
          `${port.names?.protocol(f.master) ?? ''}.${port.names?.protocol(f.app) ?? ''}`;
        const found = (
          q.which === 'recent' ? flows.slice(0, 9).map((f) => ({ ...f, end: 'fin' as const })) : flows
        ).filter((f) =>
          `${f.client.ip} ${f.server.ip} ${f.info.hostname ?? ''} ${name(f)}`.toLowerCase().includes(text),
        );
        const size = (f: FlowRow): number => f.c2s.bytes + f.s2c.bytes;
        found.sort((a, b) =>
          q.sort === 'bytes' ? size(b) - size(a) : q.sort === 'score' ? b.score - a.score : b.lastMs - a.lastMs,
        );
        return Promise.resolve({ total: found.length, items: found.slice(0, q.limit) });
      },
      flow: (id) => Promise.resolve(flows.find((f) => f.id === id)),
      reloadPlugins: () => {
        port.calls.push('reload');
        return Promise.resolve({ ok: true, text: say('7 plugins loaded, 10 scripts') });
      },
      releasePlugin: (key) => {
        port.calls.push(`release ${key}`);
        for (const p of plugins) if (p.key === key) Object.assign(p, { state: 'running', reason: '' });
        return Promise.resolve();
      },
      logs: () =>
        Array.from({ length: 12 }, (_, i) => ({
          atMs: now - (12 - i) * 4000,
          level: i === 7 ? 'warn' : 'info',
          source: say(i % 3 === 0 ? 'unexpected_dns' : 'engine'),
          text: say(i % 3 === 0 ? 'DNS Protocol Detected' : 'flow table at 12 % of its bound'),
        })),
    },
    evidence: {
      read: (key) => Promise.resolve(key === 'fake-1' ? new Uint8Array(24) : undefined),
    },
    config: {
      ...desk,
      script: (subdir, key, set) =>
        set ? desk.script(subdir, key, set) : structuredClone(conf.get(`${subdir}/${key}`) ?? {}),
      defaults: (subdir, key) => {
        const s = scriptOf(subdir, key);
        const entry = (): HookConf => ({
          enabled: s?.defaultEnabled ?? false,
          script_conf: structuredClone(s?.defaultConf ?? {}),
        });
        return Object.fromEntries((s?.configHooks ?? []).map((h) => [h, entry()]));
      },
      save: (subdir, key, next, set) => {
        if (set) return desk.save(subdir, key, next, set);
        const s = scriptOf(subdir, key);
        for (const [hook, value] of Object.entries(next)) {
          const result = parseConf(s?.gui ?? null, hook, value);
          if (!result.ok) return Promise.resolve(result);
        }
        port.calls.push(`save ${subdir}/${key} ${JSON.stringify(next)}`);
        conf.set(`${subdir}/${key}`, structuredClone(next));
        return Promise.resolve({ ok: true as const });
      },
    },
    settings: {
      get: () => settings,
      update: (change) => {
        settings = { ...settings, ...change };
        return Promise.resolve();
      },
    },
    certificate: {
      current: () => undefined,
      makeOwn: (names) => {
        port.calls.push(`makeOwn ${names.join(' ')}`);
        return Promise.resolve();
      },
      install: (pair) => Promise.resolve(pairFault(pair)),
      remove: () => Promise.resolve(),
    },
    probe: {
      candidates: () =>
        ['eth1', 'eth0'].map((name, i) => ({
          name,
          index: i + 2,
          kind: 'ethernet' as const,
          hardwareType: 1,
          linkType: 1,
          up: true,
          carrier: true,
          operState: 'up',
          speed: 1000,
          mtu: 1500,
          mac: '02:00:00:00:00:01',
          addresses: i === 0 ? [] : ['192.168.1.2'],
          counters: {
            rxPackets: 0,
            rxBytes: 0,
            rxErrors: 0,
            rxDropped: 0,
            rxMissedErrors: 0,
            rxFifoErrors: 0,
            rxCrcErrors: 0,
            txPackets: 0,
            txBytes: 0,
          },
        })),
      listen: (names) =>
        Promise.resolve(
          names.map((name, i) => ({
            name,
            error: i === 0 ? '' : say('cannot open eth0: permission denied'),
            report:
              i === 0
                ? {
                    atMs: now,
                    source: name,
                    seconds: 4,
                    packets: 48_211,
                    verdicts: [
                      {
                        id: 'directions' as const,
                        level: 'warn' as const,
                        title: say('One direction only'),
                        text: say('97 % of the connections were seen in one direction only.'),
                        advice: say('Mirror both directions of the port.'),
                      },
                    ],
                  }
                : undefined,
          })),
        ),
    },
    system: {
      backup: (passphrase) =>
        passphrase.length < 10
          ? Promise.reject(new BackupError('the passphrase must have at least 10 characters'))
          : Promise.resolve('{"head":{}}\n'),
      restore: (text, passphrase) => {
        port.calls.push(`restore ${text.length} ${passphrase.length}`);
        return Promise.resolve(
          text.startsWith('{"head"')
            ? { ok: true, text: say('Office, 2026-11-01') }
            : { ok: false, text: say('this file is not a backup of spanwatch') },
        );
      },
      factoryReset: () => port.calls.push('factoryReset'),
      restart: (reason) => port.calls.push(`restart ${reason}`),
      logs: () => port.engine.logs(),
    },
    network: fakeNetwork(say),
    updates: {
      status: () => ({
        state: 'idle',
        percent: 0,
        text: '',
        booted: 'A',
        version: '1.2.0',
        next: 'A',
        otherVersion: say('1.1.0'),
        otherBootable: true,
        confirmed: true,
      }),
      history: () => [
        { atMs: Date.UTC(2026, 10, 20), what: 'confirmed', version: '1.2.0', text: say('slot A passed its self-test') },
        { atMs: Date.UTC(2026, 10, 20) - 90_000, what: 'installed', version: '1.2.0', text: say('slot A') },
      ],
      async receive(body) {
        let bytes = 0;
        for await (const chunk of body) bytes += chunk.length;
        port.calls.push(`update ${bytes}`);
        return bytes > 3 ? { ok: true } : { ok: false, text: say('the file is empty') };
      },
      fetch(url) {
        port.calls.push(`fetch ${url}`);
        return Promise.resolve({ ok: true });
      },
      ask(word) {
        port.calls.push(`ask ${word}`);
        return Promise.resolve({ ok: true });
      },
    },
    notify: fakeNotify(() => settings.destinations),
    health: {
      parts: () => port.data.parts,
      machine: () => ({
        memory: { totalBytes: 1_000_000_000, availableBytes: 612_000_000 },
        temperature: 54.3,
        load: { one: 0.71, cores: 4 },
        storage: { totalBytes: 31_000_000_000, freeBytes: 24_500_000_000 },
        clock: 'right',
        writes: { appliance: 3_200_000, engine: 18_400_000, seconds: 86_400 * 3.2 },
      }),
      process: () => ({
        uptimeMs: 86_400_000 * 3.2,
        rssBytes: 71_000_000,
        loopDelayP99Ms: 3.1,
        version: '0.1.0',
        node: 'v24.21.0',
      }),
    },
  };
  return port;
}

function foldGroups(alerts: StoredAlert[], by: Grouping): AlertGroup[] {
  const groups = new Map<string, AlertGroup>();
  for (const a of alerts) {
    const key = groupKey(a, by);
    const g = groups.get(key) ?? {
      latest: a,
      alerts: 0,
      times: 0,
      open: 0,
      engaged: 0,
      severity: 0,
      score: 0,
      firstMs: a.firstMs,
      lastMs: a.lastMs,
    };
    g.alerts += 1;
    g.times += a.count;
    g.open += a.acknowledged ? 0 : 1;
    g.engaged += a.state === 'engaged' ? 1 : 0;
    g.severity = Math.max(g.severity, a.severity);
    g.score = Math.max(g.score, a.score);
    g.firstMs = Math.min(g.firstMs, a.firstMs);
    groups.set(key, g);
  }
  return [...groups.values()];
}

function makeStats(say: Say, now: number, port: FakePort, empty: boolean): EngineStats {
  const packets = empty ? 0 : 48_213_331;
  return {
    atMs: now,
    clockMs: now,
    uptimeMs: 3_600_000,
    source: {
      kind: 'ring',
      name: 'eth1',
      state: { status: 'running', text: say('capturing on eth1 through a 16 MB ring') },
      stats: {
        received: packets,
        kernelDropped: empty ? 0 : port.data.lost,
        interfaceDropped: 0,
        truncated: 0,
        yields: 12,
        bufferBytes: 16_777_216,
      },
    },
    packets,
    bytes: packets * 713,
    packetsPerSecond: empty ? 0 : 12_430,
    bitsPerSecond: empty ? 0 : 71_300_000,
    flows: { active: port.data.flows.length * 97, limit: 50_000, created: 812_331, evicted: 12, ended: 806_000 },
    hosts: { active: empty ? 0 : 231, limit: 10_000, evicted: 0 },
    counters: empty
      ? {}
      : {
          'decode.erspan.too_short': 3,
          'decode.ipv4.bad_checksum': 120,
          'dns.label_loop': 1,
          [say('tls.record_too_long')]: 9,
        },
    plugins: { queue: 14, queueLimit: 4096, skipped: 17, calls: 2_400_120, restarts: 1, corePercent: 1.4 },
    memory: { rssBytes: 88_000_000 },
    progress: { capture: 1, engine: 1, plugins: 1 },
  };
}

/** Destinations as they are saved; a test message is answered by the destination's own name. */
function fakeNotify(destinations: () => readonly Destination[]): NotifyPort {
  return {
    tell: () => {},
    tellTo: () => {},
    destinations,
    state: (id) =>
      destinations().some((d) => d.id === id)
        ? {
            id,
            waiting: 2,
            sent: 41,
            failed: 1,
            dropped: 0,
            lastAtMs: Date.now(),
            last: { ok: true, text: 'HTTP 200: ok' },
            nextTryMs: 0,
          }
        : undefined,
    test: (d) =>
      Promise.resolve({ ok: !/fail/.test(d.name), text: /fail/.test(d.name) ? `HTTP 404: ${d.name}` : 'HTTP 200: ok' }),
  };
}
