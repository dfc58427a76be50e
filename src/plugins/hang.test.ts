import assert from 'node:assert/strict';
import test from 'node:test';
import { HOST_LIMITS, setWorkerEntry } from './host.ts';
import { withHost } from './testing/bench-host.ts';
import { flowScript, trigger } from './testing/kit.ts';
import { dnsFlow } from './testing/record.ts';

test('a call that hangs in native code costs its plugin the worker; the others come back and lose no flow', async () => {
  setWorkerEntry(new URL('./testing/hanging-worker.ts', import.meta.url));
  const plugins = {
    evil: {
      'user_scripts/flow/evil.lua': flowScript(
        'if flow.getInfo()["cli.port"] == 1 then ntop.getCache("hang") end',
        'prio = 50,',
      ),
    },
    good: { 'user_scripts/flow/good.lua': flowScript(trigger('status_web_mining_detected', 50)) },
  };
  await withHost(plugins, async ({ host, alerts, plugin }) => {
    const flows = Array.from({ length: 10 }, (_, i) =>
      dnsFlow(i === 5 ? { client: { ip: '10.0.0.1', port: 1, mac: '', local: true, group: false } } : {}),
    );
    const before = performance.now();
    for (const flow of flows) host.flow('protocolDetected', flow);
    assert.ok(performance.now() - before < 200, 'the engine does not wait');
    await host.drain();
    const took = performance.now() - before;
    assert.ok(took > HOST_LIMITS.hangMs * 0.9 && took < HOST_LIMITS.hangMs + 6000, `${took} ms`);
    assert.deepEqual(
      alerts.map((a) => a.flow!.id),
      flows.map((f) => f.id),
    );
    assert.equal(host.health().restarts, 1);
    assert.equal(plugin('evil').state, 'quarantined');
    assert.match(plugin('evil').reason, /hung for \d+ s/);
    for (const flow of flows) host.flow('protocolDetected', flow);
    await host.drain();
    assert.equal(alerts.length, 10, 'a flow that has its alert gets no second one from the new worker');
  });
});
