import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { withHost, write } from './testing/bench-host.ts';
import { flowScript, trigger } from './testing/kit.ts';
import { dnsFlow } from './testing/record.ts';

const GOOD = { 'user_scripts/flow/good.lua': flowScript(trigger('status_web_mining_detected', 50), 'prio = -50,') };

/** Bodies of a hook that a plugin must not get away with. */
const HOSTILE: { [name: string]: string } = {
  endless_loop: 'while true do end',
  loop_in_pcall: 'while true do pcall(function() while true do end end) end',
  loop_in_coroutine: 'while true do coroutine.wrap(function() while true do end end)() end',
  memory_bomb: 'local t = {} while true do t[#t + 1] = string.rep("x", 1000) .. #t end',
  giant_rep: 'for i = 1, 100 do pcall(string.rep, "x", 1 << 30) end while true do end',
  pattern: 'string.find(string.rep("a", 60), string.rep("a-", 30) .. "b")',
  recursion: 'local function f(n) return 1 + f(n + 1) end while true do pcall(f, 1) end',
  coroutines:
    'local t = {} while true do local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c) t[#t + 1] = c end',
  endless_write: 'while true do io.write("noise\\n") end',
  concat: 'local s = "x" while true do s = s .. s end',
  sort: 'local t = {} for i = 1, 100000 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end',
  error_loop: 'setmetatable(_ENV, { __index = function(t, k) return t[k .. "x"] end }) return nothing_there',
  host_calls: 'while true do ntop.setCache("k" .. math.random(), string.rep("v", 1000)) end',
};

for (const [name, body] of Object.entries(HOSTILE)) {
  test(`hostile: ${name} ends in a quarantine with a reason while another plugin alerts on every flow`, async () => {
    await withHost(
      { [name]: { 'user_scripts/flow/evil.lua': flowScript(body, 'prio = 50,') }, good: GOOD },
      async (bench) => {
        for (let i = 0; i < 5; i++) bench.host.flow('protocolDetected', dnsFlow());
        await bench.host.drain();
        const info = bench.plugin(name);
        assert.equal(info.state, 'quarantined', JSON.stringify(info.errors));
        assert.match(info.reason, /times within ten minutes, last in user_scripts\/flow\/evil.lua|hung/);
        assert.equal(bench.alerts.length, 5);
        assert.ok(bench.logs.length < 400, `${bench.logs.length} lines`);
      },
    );
  });
}

test('reload finds added and removed folders; a flow that has its alert gets no second one', async () => {
  await withHost({ good: GOOD }, async (bench) => {
    const flow = dnsFlow();
    bench.host.flow('protocolDetected', flow);
    await bench.host.drain();
    assert.equal(bench.alerts.length, 1);
    write(bench.root, { more: { 'user_scripts/flow/more.lua': flowScript('io.write("more is here\\n")') } });
    const added = await bench.host.reload();
    assert.deepEqual(added, { ok: true, text: '2 plugins with 2 scripts loaded' });
    bench.host.flow('protocolDetected', flow);
    await bench.host.drain();
    assert.equal(bench.alerts.length, 1);
    assert.ok(bench.logs.includes('info more: more is here'));
    rmSync(join(bench.root, 'good'), { recursive: true });
    const removed = await bench.host.reload();
    assert.equal(removed.text, '1 plugins with 1 scripts loaded');
    assert.deepEqual(
      bench.infos().map((p) => p.key),
      ['more'],
    );
    bench.host.flow('protocolDetected', dnsFlow());
    await bench.host.drain();
    assert.equal(bench.alerts.length, 1);
  });
});

test('a plugin in quarantine is freed by release() and runs again', async () => {
  const body = 'if flow.getInfo()["cli.port"] == 1 then while true do end end io.write("fine\\n")';
  await withHost({ p: { 'user_scripts/flow/p.lua': flowScript(body) } }, async (bench) => {
    const bad = () => dnsFlow({ client: { ip: '10.0.0.1', port: 1, mac: '', local: true, group: false } });
    for (let i = 0; i < 4; i++) bench.host.flow('protocolDetected', bad());
    await bench.host.drain();
    assert.equal(bench.plugin('p').state, 'quarantined');
    assert.match(bench.plugin('p').reason, /ran longer than a call may take 3 times .*p.lua:6/);
    assert.equal(bench.host.wants('protocolDetected', 17, 5, 5), false);
    bench.host.release('p');
    bench.host.flow('protocolDetected', dnsFlow());
    await bench.host.drain();
    assert.equal(bench.plugin('p').state, 'running');
    assert.ok(bench.logs.includes('info p: fine'));
  });
});

test('the queue is bounded: what does not fit is skipped and counted, and nobody waits', async () => {
  await withHost({ good: GOOD }, async (bench) => {
    let skipped = 0;
    const slowest = { ms: 0 };
    for (let i = 0; i < 40_000; i++) {
      const start = performance.now();
      if (!bench.host.flow('protocolDetected', dnsFlow())) skipped++;
      slowest.ms = Math.max(slowest.ms, performance.now() - start);
    }
    assert.equal(bench.host.health().skipped, skipped);
    assert.ok(bench.host.health().queue <= bench.host.health().queueLimit);
    await bench.host.drain();
    assert.equal(bench.host.health().queue, 0);
    assert.equal(bench.host.health().calls + skipped, 40_000);
    assert.ok(
      bench.plugin('good').errors.some((e) => /raises too many alerts/.test(e.message)) || bench.alerts.length < 40_000,
    );
  });
});

test('one call that is interrupted is one strike, however many scripts share its VM', async () => {
  const innocent = flowScript(trigger('status_web_mining_detected', 50), 'prio = 10,');
  const files = { 'user_scripts/flow/late.lua': flowScript('while true do end', 'prio = 50,') };
  for (const name of ['b', 'c', 'd']) Object.assign(files, { [`user_scripts/flow/${name}.lua`]: innocent });
  await withHost({ shared: files }, async (bench) => {
    bench.host.flow('protocolDetected', dnsFlow());
    await bench.host.drain();
    const info = bench.plugin('shared');
    assert.equal(info.state, 'running', info.reason);
    assert.deepEqual(
      info.errors.map((e) => e.file),
      ['user_scripts/flow/late.lua'],
    );
    assert.equal(info.meter.skipped, 3);
  });
});
