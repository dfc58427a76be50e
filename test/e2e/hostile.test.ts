/**
 * A live mirror port, an engine, eight hostile plugins and a good one: each hostile one ends in a quarantine that says
 * why, while the packet counter goes on, nothing is dropped, and the good one alerts.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AlertEvent } from '../../src/alerts/alert.ts';
import { connectEngine } from '../../src/link/client.ts';
import type { EngineStats } from '../../src/messages.ts';
import type { PluginInfo } from '../../src/plugins/types.ts';
import { VERSION } from '../../src/version.ts';
import { Lab, labMissing } from '../kit/lab.ts';
import { command, until } from '../kit/service.ts';

const HOSTILE: Record<string, string> = {
  memory_bomb: 'local t = {} while true do t[#t + 1] = string.rep("x", 1000) .. #t end',
  endless_loop: 'while true do end',
  loop_in_pcall: 'while true do pcall(function() while true do end end) end',
  coroutine_bomb:
    'local t = {} while true do local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c) t[#t + 1] = c end',
  giant_rep: 'while true do pcall(string.rep, "x", 1 << 30) end',
  pattern: 'while true do string.find(string.rep("a", 60), string.rep("a-", 30) .. "b") end',
  recursion: 'local function f(n) return 1 + f(n + 1) end while true do pcall(f, 1) end',
  endless_write: 'while true do io.write("noise\\n") end',
};
const GOOD = `flow.triggerStatus(flow_consts.status_types.status_web_mining_detected.create(flow_consts.status_types.status_web_mining_detected.alert_severity), 50, 50, 10)`;

function plugin(folder: string, key: string, body: string): void {
  const scripts = join(folder, key, 'user_scripts/flow');
  mkdirSync(scripts, { recursive: true });
  writeFileSync(
    join(folder, key, 'manifest.lua'),
    `return { title = "${key}", description = "test", author = "test" }`,
  );
  writeFileSync(
    join(scripts, `${key}.lua`),
    `local user_scripts = require "user_scripts"
local flow_consts = require "flow_consts"
local script = { category = user_scripts.script_categories.security, l7_proto_id = 5, hooks = {} }
function script.hooks.protocolDetected(now, conf) ${body} end
return script`,
  );
}

test('hostile plugins end in quarantine; capture and the others go on', {
  skip: labMissing(),
  timeout: 150_000,
}, async () => {
  const work = mkdtempSync(join(tmpdir(), 'span-hostile-'));
  const plugins = join(work, 'plugins');
  for (const [key, body] of Object.entries(HOSTILE)) plugin(plugins, key, body);
  plugin(plugins, 'good', GOOD);
  const lab = new Lab();
  try {
    const client = lab.host('client', '10.78.0.2/24');
    lab.dnsServer(lab.host('dns', '10.78.0.53/24'), '10.78.0.53');
    const ns = lab.appliance();
    const socketPath = join(work, 'run', 'engine.sock');
    const [program, ...first] = command();
    lab.spawn(ns, program!, [...first, 'engine', '--socket', socketPath, '--interface', 'mirror0']);

    let stats: EngineStats | undefined;
    let infos: PluginInfo[] = [];
    const alerts: AlertEvent[] = [];
    const engine = await until('the engine answers', () =>
      connectEngine(
        {
          socketPath,
          version: VERSION,
          onClose: () => {},
          onMessage: (message) => {
            if (message.kind === 'stats') stats = message.stats;
            else if (message.kind === 'plugins') infos = message.items;
            else if (message.kind === 'alerts') {
              alerts.push(...message.items);
              engine.send({ kind: 'ack', keys: message.items.map((a) => a.key) });
            }
          },
        },
        1000,
      ).catch(() => undefined),
    );
    const configSets = [{ id: 0, name: 'Default', config: {} }];
    const configure = () =>
      engine.send({
        kind: 'configure',
        config: {
          localNetworks: [],
          configSets,
          pools: [],
          grants: {},
          recipients: [],
          devicePolicies: [],
          syslog: { listen: '', producers: {} },
          language: 'en',
          pluginDirs: [plugins],
          release: [],
        },
      });
    configure();
    await until('all plugins are loaded', () => infos.length === 9);
    // What the appliance does with a new plugin list: factory values for each script.
    const flow: Record<string, unknown> = {};
    for (const info of infos) flow[info.key] = { all: { enabled: true, script_conf: {} } };
    configSets[0]!.config = { flow } as (typeof configSets)[0]['config'];
    configure();

    const packets: number[] = [];
    const digs = (n: number) =>
      lab.run(
        client,
        'sh',
        '-c',
        `for i in $(seq ${n}); do dig +short +tries=1 +time=2 @10.78.0.53 n$i.example.test >/dev/null; done`,
      );
    await until(
      'every hostile plugin is in quarantine',
      () => {
        digs(5);
        packets.push(stats?.packets ?? 0);
        return Object.keys(HOSTILE).every((key) => infos.find((info) => info.key === key)?.state === 'quarantined');
      },
      90,
    );
    for (const key of Object.keys(HOSTILE)) {
      const info = infos.find((i) => i.key === key)!;
      assert.ok(info.reason.length > 20, `${key}: ${info.reason}`);
    }
    assert.equal(infos.find((info) => info.key === 'good')?.state, 'running');
    const before = alerts.length;
    digs(10);
    await until('the good one alerts on', () => alerts.length >= before + 10, 30);
    assert.ok(packets.at(-1)! > packets[0]!, 'packets were counted all the while');
    assert.equal(stats?.source.stats.kernelDropped, 0, 'capture lost nothing');
    assert.equal(stats?.source.state.status, 'running');
    engine.send({ kind: 'stop' });
    engine.close();
  } finally {
    lab.stop();
    rmSync(work, { recursive: true, force: true });
  }
});
