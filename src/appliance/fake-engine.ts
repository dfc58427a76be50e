/**
 * Stands in for the engine in tests of its supervision: speaks the same messages, and misbehaves as told.
 * argv: socket path, then any of mute (no hello), freeze (stops after a second), crash=MS, alerts, orphan=MS.
 */

import { sampleAlert } from '../alerts/sample.ts';
import { createEngineServer } from '../link/server.ts';
import type { EngineStats } from '../messages.ts';

const [socketPath = '', ...modes] = process.argv.slice(2);
const number = (name: string): number | undefined => {
  const found = modes.find((mode) => mode.startsWith(`${name}=`));
  return found === undefined ? undefined : Number(found.split('=')[1]);
};

export function fakeStats(change: Partial<EngineStats> = {}): EngineStats {
  return {
    atMs: Date.now(),
    clockMs: Date.now(),
    uptimeMs: 0,
    source: {
      kind: 'ring',
      name: 'eth1',
      state: { status: 'running', text: 'capturing' },
      stats: { received: 0, kernelDropped: 0, interfaceDropped: 0, truncated: 0, yields: 0, bufferBytes: 0 },
    },
    packets: 0,
    bytes: 0,
    packetsPerSecond: 0,
    bitsPerSecond: 0,
    flows: { active: 0, limit: 1, created: 0, evicted: 0, ended: 0 },
    hosts: { active: 0, limit: 1, evicted: 0 },
    counters: {},
    plugins: { queue: 0, queueLimit: 1, skipped: 0, calls: 0, restarts: 0, corePercent: 0 },
    memory: { rssBytes: 0 },
    progress: { capture: Math.round(performance.now()), engine: Math.round(performance.now()), plugins: 1 },
    ...change,
  };
}

async function play(): Promise<void> {
  if (modes.includes('mute')) {
    setInterval(() => {}, 1000);
    return;
  }
  const bootId = `boot${process.pid}`;
  const end = async (code: number): Promise<void> => {
    await server.close();
    process.exit(code);
  };
  const server = createEngineServer({
    socketPath,
    version: 'test',
    bootId,
    orphanMs: number('orphan') ?? 5000,
    onMessage(message) {
      if (message.kind === 'stop') {
        server.alerts([sampleAlert(9999, { key: `${bootId}-9999`, text: 'last words' })]);
        void end(0);
      }
      if (message.kind === 'configure') {
        const text = JSON.stringify(message.config.release);
        server.send({ kind: 'log', level: 'info', source: 'fake', text: `configured ${text}` });
      }
      if (message.kind === 'reload')
        server.send({ kind: 'reloaded', request: message.request, ok: true, text: 'reloaded' });
    },
    onAbandoned: () => void end(0),
  });
  await server.start();
  const figures = setInterval(() => server.send({ kind: 'stats', stats: fakeStats() }), 50);
  if (modes.includes('alerts')) {
    let n = 0;
    setInterval(() => {
      n += 1;
      server.alerts([sampleAlert(n, { key: `${bootId}-${n}`, text: `number ${n}` })]);
    }, 10);
  }
  if (modes.includes('freeze')) setTimeout(() => clearInterval(figures), 300);
  const crash = number('crash');
  if (crash !== undefined) setTimeout(() => process.exit(3), crash);
}

if (import.meta.main) await play();
