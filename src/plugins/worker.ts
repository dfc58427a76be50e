/**
 * The worker thread: takes hook calls from the ring, runs plugins, sends what they find. Works in slices so that messages
 * and timers get their turn; sleeps when the ring is empty.
 */
import { isMainThread, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { PulseSender } from '../sandbox/watchdog.ts';
import { GRANULARITIES, type Granularity } from './configsets.ts';
import { Countries } from './countries.ts';
import type { EntitySnapshot } from './entities.ts';
import { Lists, listFolders } from './lists.ts';
import { type FromWorker, type LogLine, STATS, type ToWorker, type WorkerStart } from './protocol.ts';
import { RingReader } from './ring.ts';
import { type AlertDraft, Room, type StatusNote } from './room.ts';
import { House } from './runtime.ts';
import { type Scan, scanPlugins } from './scan.ts';
import type { Point } from './series.ts';
import { FlowView, KIND } from './snapshot.ts';
import { WantsWriter } from './wants.ts';

/** Milliseconds of work before messages and timers get their turn. */
const SLICE_MS = 8;
/** Hosts that stay to be asked for between runs. */
const KEPT_HOSTS = 2000;
/** Notes (statuses, lines) held back at most; above that they are sent at once. */
const MAX_NOTES = 500;
const INFO_MS = 3000;
/** What plugins keep is handed over so often at most: what a worker that dies may lose of it. */
const STORE_MS = 30_000;

function onlyOf(scan: Scan, keys: readonly string[] | undefined): Scan {
  return keys ? { ...scan, plugins: scan.plugins.filter((plugin) => keys.includes(plugin.key)) } : scan;
}

export function runWorker(start: WorkerStart, pulse: SharedArrayBuffer, port: NonNullable<typeof parentPort>): void {
  const send = (message: FromWorker) => port.postMessage(message);
  const stats = new Int32Array(start.stats);
  const pulses = new PulseSender(pulse);
  const snapshots = new Map<number, EntitySnapshot & { whole: boolean }>();
  const ring = new RingReader(start.ring);
  const view = new FlowView(ring);
  let alerts: AlertDraft[] = [];
  let statuses: StatusNote[] = [];
  let logs: LogLine[] = [];
  let points: Point[] = [];
  let scan: Scan = { plugins: [], warnings: [] };
  let dirty = true;
  let loading = Promise.resolve();
  let sliceQueued = false;
  let runs: Generator<void>[] = [];
  let drains: { id: number; upTo: number }[] = [];
  const slots = new Map<string, number>();

  const room = new Room(
    view,
    {
      alert: (draft) => {
        alerts.push(draft);
        room.recipients.offer(draft);
      },
      status: (note) => {
        statuses.push(note);
        if (statuses.length >= MAX_NOTES) flushNotes();
      },
      log: (level, plugin, text) => {
        logs.push({ level, plugin, text });
        if (logs.length >= MAX_NOTES) flushNotes();
      },
      series: (point) => {
        points.push(point);
        if (points.length >= MAX_NOTES) flushNotes();
      },
      seriesDelete: (plugin, prefix, tags) => {
        flushNotes();
        send({ kind: 'seriesDelete', plugin, prefix, tags });
      },
      external: (flow) => send({ kind: 'external', flow }),
    },
    start.nowMs,
  );
  room.kv.import(start.store);
  let storedChanges = room.kv.changes;
  for (const { event, granularityId } of start.engaged) {
    room.engaged.set(Room.engagedKey(event.entity, event.entityValue, event.type, event.subtype, granularityId), {
      event,
      granularityId,
      run: 0,
    });
  }
  for (const [id, alertedScore, alertedStatus] of start.alerted) {
    room.flows.set(id, { low: 0, high: 0, score: alertedScore, alertedScore, alertedStatus });
  }

  const house = new House({
    room,
    prelude: start.prelude,
    engine: start.engine,
    wants: new WantsWriter(start.wants),
    slot: (key) => {
      let slot = slots.get(key);
      if (slot === undefined) {
        slots.set(key, (slot = slots.size + 1));
        send({ kind: 'slot', slot, key });
      }
      return slot;
    },
    pulse: (slot) => pulses.of(slot),
    changed: () => {
      dirty = true;
    },
    ask: (ask) => send({ kind: 'ask', ask }),
  });
  for (const [key, reason] of Object.entries(start.quarantined)) house.quarantine(key, reason);

  function flushAlerts(): void {
    if (alerts.length === 0) return;
    send({ kind: 'alerts', items: alerts });
    alerts = [];
  }
  function flushNotes(): void {
    if (points.length > 0) send({ kind: 'series', points });
    points = [];
    if (statuses.length === 0 && logs.length === 0) return;
    send({ kind: 'notes', statuses, logs });
    statuses = [];
    logs = [];
  }
  function sendInfos(): void {
    dirty = false;
    const items = house.infos();
    send({ kind: 'plugins', items, corePercent: items.reduce((sum, item) => sum + item.meter.corePercent, 0) });
    send({ kind: 'quarantined', table: house.quarantined() });
    const table: { [granularity: string]: { hosts: boolean; networks: boolean; interfaces: boolean } } = {};
    for (const granularity of GRANULARITIES) table[granularity] = house.wantsEntities(granularity);
    send({ kind: 'wantsEntities', table });
    send({ kind: 'recipients', items: room.recipients.list(), producers: house.producers() });
  }

  const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const load = (again: boolean): Promise<void> => {
    const next = loading.then(async () => {
      if (again) {
        const folders = [...start.listDirs, ...listFolders(start.pluginDirs)];
        room.lists = Lists.read(folders);
        room.countries = Countries.read(folders);
      }
      if (again) scan = onlyOf(scanPlugins(start.pluginDirs), start.only);
      await house.load(scan, start.config, pause);
      flushAlerts();
      flushNotes();
      sendInfos();
    });
    loading = next.catch((error: unknown) => {
      logs.push({
        level: 'error',
        plugin: 'plugins',
        text: `could not load plugins: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      });
      flushNotes();
    });
    return next;
  };

  /** The snapshot that the host sent before the run's entry: if it has not come yet, it is among the waiting messages. */
  function takeSnapshot(seq: number): void {
    while (seq !== 0 && !snapshots.get(seq)?.whole) {
      const got = receiveMessageOnPort(port);
      if (!got) break;
      receive(got.message as ToWorker);
    }
    room.entities = snapshots.get(seq);
    // Older ones belong to entries that did not fit.
    for (const old of snapshots.keys()) if (old <= seq) snapshots.delete(old);
  }

  function takePart(seq: number, text: string, last: boolean): void {
    const known = snapshots.get(seq) ?? { hosts: [], networks: [], interfaces: [], whole: false };
    snapshots.set(seq, known);
    known.whole = last;
    if (text === '') return;
    const part = JSON.parse(text) as EntitySnapshot;
    known.hosts.push(...part.hosts);
    known.networks.push(...part.networks);
    known.interfaces.push(...part.interfaces);
  }

  function handle(kind: number): void {
    if (kind >= KIND.protocolDetected && kind <= KIND.flowEnd) {
      view.bind(ring.offset);
      house.flow(kind - KIND.protocolDetected);
    } else if (kind === KIND.periodic) {
      const f = ring.offset >> 3;
      const nowMs = ring.f64[f]!;
      const granularity = GRANULARITIES[ring.f64[f + 1]!] as Granularity;
      room.skippedHooks = ring.f64[f + 3]!;
      finishRuns();
      takeSnapshot(ring.f64[f + 2]!);
      room.nowMs = nowMs;
      runs.push(house.periodic(granularity, nowMs));
    } else {
      room.nowMs = ring.f64[ring.offset >> 3]!;
    }
  }
  /** A run is over before the next begins: its snapshot is replaced. */
  function finishRuns(): void {
    for (const run of runs) for (const _ of run) flushAlerts();
    runs = [];
  }

  function slice(): void {
    sliceQueued = false;
    const until = performance.now() + SLICE_MS;
    let count = 0;
    let more = false;
    for (let kind = ring.next(); kind !== 0; kind = ring.next()) {
      handle(kind);
      if (alerts.length > 0) flushAlerts();
      ring.finish();
      if ((++count & 15) === 0 && performance.now() > until) {
        more = true;
        break;
      }
    }
    while (runs.length > 0) {
      if (runs[0]!.next().done) {
        runs.shift();
        // Thousands of hosts are held for the run only: 20,000 would take 60 MB until the next one.
        if (runs.length === 0 && room.entities && room.entities.hosts.length > KEPT_HOSTS)
          room.entities = { ...room.entities, hosts: [] };
      }
      flushAlerts();
      if (performance.now() > until) {
        more = true;
        break;
      }
    }
    Atomics.store(stats, STATS.calls, house.calls | 0);
    Atomics.add(stats, STATS.heart, 1);
    flushNotes();
    answerDrains();
    if (more || !ring.sleep()) queueSlice();
  }
  function queueSlice(): void {
    if (sliceQueued) return;
    sliceQueued = true;
    setImmediate(slice);
  }
  function answerDrains(): void {
    if (drains.length === 0 || runs.length > 0) return;
    const done = ring.done();
    drains = drains.filter(({ id, upTo }) => {
      if (((done - upTo) | 0) < 0) return true;
      if (dirty) sendInfos();
      send({ kind: 'drained', id });
      return false;
    });
  }

  function receive(message: ToWorker): void {
    switch (message.kind) {
      case 'wake':
        queueSlice();
        break;
      case 'entities':
        takePart(message.seq, message.part, message.last);
        break;
      case 'configure':
        start.config = message.config;
        void load(false).catch(() => {});
        break;
      case 'reload':
        load(true).then(
          () => send({ kind: 'reloaded', id: message.id, ok: true, text: house.summary() }),
          (error: unknown) =>
            send({ kind: 'reloaded', id: message.id, ok: false, text: `could not reload: ${String(error)}` }),
        );
        break;
      case 'syslog':
        for (const { producer, message: text, source, priority } of message.lines)
          house.syslog(producer, text, source, priority);
        flushAlerts();
        flushNotes();
        break;
      case 'answer':
        house.jobs.answer(message.id, message.values);
        flushAlerts();
        flushNotes();
        break;
      case 'page':
      case 'try': {
        const { id } = message;
        const work =
          message.kind === 'page'
            ? house.page(message.plugin, message.file, message.get)
            : house.tryRecipient(message.recipient);
        void work.then(({ ok, text }) => {
          flushNotes();
          send({ kind: 'done', id, ok, text });
        });
        break;
      }
      case 'release':
        house.release(message.plugin);
        sendInfos();
        flushNotes();
        break;
      case 'drain':
        void loading.then(() => {
          drains.push({ id: message.id, upTo: message.upTo });
          queueSlice();
        });
        break;
      case 'stop':
        room.stopping = true;
        house.close();
        keepStore();
        flushAlerts();
        flushNotes();
        send({ kind: 'stopped' });
        port.close();
        clearInterval(timer);
        break;
    }
  }
  port.on('message', receive);

  /** Hands over what plugins want kept, when it changed. */
  function keepStore(): void {
    if (room.kv.changes === storedChanges) return;
    storedChanges = room.kv.changes;
    send({ kind: 'store', entries: room.kv.export((owner) => house.grants[owner]?.store === false) });
  }

  let storeAt = performance.now();
  let infoAt = 0;
  const timer = setInterval(() => {
    Atomics.add(stats, STATS.heart, 1);
    house.judge();
    house.jobs.sweep();
    house.notify();
    flushAlerts();
    flushNotes();
    const now = performance.now();
    if (now - storeAt > STORE_MS) {
      storeAt = now;
      keepStore();
    }
    if (dirty || now - infoAt > INFO_MS) {
      infoAt = now;
      sendInfos();
    }
  }, 500);

  if (start.skipFirst && ring.next() !== 0) ring.finish();
  load(true).then(
    () => {
      send({ kind: 'ready', text: house.summary() });
      queueSlice();
    },
    (error: unknown) => {
      throw error;
    },
  );
}

const data = workerData as { spanwatch?: string; start: WorkerStart; pulse: SharedArrayBuffer } | null;
if (!isMainThread && parentPort && data?.spanwatch === 'plugins') runWorker(data.start, data.pulse, parentPort);
