/** ntop.*: cache, preferences, identity, time. What 4.2 answers with "no value" is answered so; network calls are refused. */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { freemem, hostname, loadavg, totalmem } from 'node:os';
import type { HostFunction, LuaValue, Vm } from '../sandbox/index.ts';
import { type Binder, binderOf } from './api-flow.ts';
import type { Room } from './room.ts';

const text = (value: LuaValue): string | undefined =>
  typeof value === 'string'
    ? value
    : typeof value === 'number'
      ? String(value)
      : typeof value === 'boolean'
        ? String(value)
        : undefined;
const whole = (value: LuaValue, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value)
    ? Math.trunc(value)
    : typeof value === 'string' && /^-?\d+$/.test(value)
      ? Number(value)
      : otherwise;

const DIRS = {
  installdir: '/usr/share/ntopng',
  workingdir: '/var/lib/ntopng',
  scriptdir: '/usr/share/ntopng/scripts',
  httpdocsdir: '/usr/share/ntopng/httpdocs',
  callbacksdir: '/usr/share/ntopng/scripts/callbacks',
  pcapdir: '/var/lib/ntopng',
};

function cacheFunctions(room: Room, plugin: string): { [name: string]: HostFunction } {
  const { kv } = room;
  const get: HostFunction = ([key]) => {
    kv.count('GET');
    const k = text(key);
    return k === undefined ? [] : [kv.get(k)];
  };
  const set: HostFunction = ([key, value, expire]) => {
    kv.count('SET');
    const k = text(key);
    const v = text(value);
    if (k === undefined || v === undefined || !kv.set(plugin, k, v, whole(expire, 0))) return [];
    return [true];
  };
  const del: HostFunction = ([key]) => {
    kv.count('DEL');
    const k = text(key);
    return k === undefined ? [] : [kv.delete(k)];
  };
  const push =
    (left: boolean): HostFunction =>
    ([key, value, max]) => {
      kv.count(left ? 'LPUSH' : 'RPUSH');
      const k = text(key);
      const v = text(value);
      if (k === undefined || v === undefined || !kv.push(plugin, k, v, left)) return [];
      const limit = whole(max, 0);
      if (limit > 0) kv.trim(k, left ? 0 : -limit, left ? limit - 1 : -1);
      return [true];
    };
  const pop =
    (left: boolean): HostFunction =>
    ([key]) => {
      kv.count(left ? 'LPOP' : 'RPOP');
      const k = text(key);
      const value = k === undefined ? undefined : kv.pop(k, left);
      return value === undefined ? [] : [value];
    };
  return {
    getCache: get,
    getPref: get,
    setCache: set,
    setPref: set,
    delCache: del,
    setnxCache: ([key, value, expire]) => {
      const k = text(key);
      const v = text(value);
      return k === undefined || v === undefined ? [] : [kv.setIfAbsent(plugin, k, v, whole(expire, 0))];
    },
    incrCache: ([key, by]) => {
      const k = text(key);
      return k === undefined ? [] : [kv.increment(plugin, k, whole(by, 1))];
    },
    getHashCache: ([key, field]) => {
      kv.count('HGET');
      const k = text(key);
      const f = text(field);
      return k === undefined || f === undefined ? [] : [kv.hget(k, f)];
    },
    setHashCache: ([key, field, value]) => {
      kv.count('HSET');
      const k = text(key);
      const f = text(field);
      const v = text(value);
      return k === undefined || f === undefined || v === undefined || !kv.hset(plugin, k, f, v) ? [] : [true];
    },
    delHashCache: ([key, field]) => {
      const k = text(key);
      const f = text(field);
      return k === undefined || f === undefined ? [] : [kv.hdel(k, f)];
    },
    getHashAllCache: ([key]) => {
      const k = text(key);
      const all = k === undefined ? undefined : kv.hall(k);
      return all ? [Object.fromEntries(all)] : [];
    },
    getHashKeysCache: ([key]) => {
      const k = text(key);
      const all = k === undefined ? undefined : kv.hall(k);
      return all ? [Object.fromEntries([...all.keys()].map((field) => [field, '']))] : [];
    },
    getKeysCache: ([pattern]) => {
      const p = text(pattern);
      return p === undefined ? [] : [Object.fromEntries(kv.keys(p).map((key) => [key, '']))];
    },
    existsCache: ([key]) => [kv.has(text(key) ?? '')],
    setMembersCache: ([key, member]) => {
      const k = text(key);
      const m = text(member);
      return k === undefined || m === undefined || !kv.sadd(plugin, k, m) ? [] : [true];
    },
    delMembersCache: ([key, member]) => {
      const k = text(key);
      const m = text(member);
      return k === undefined || m === undefined ? [] : [kv.srem(k, m)];
    },
    getMembersCache: ([key]) => {
      const k = text(key);
      return k === undefined ? [] : [kv.smembers(k)];
    },
    lpushCache: push(true),
    rpushCache: push(false),
    lpopCache: pop(true),
    rpopCache: pop(false),
    lrangeCache: ([key, from, to]) => {
      const k = text(key);
      return k === undefined ? [] : [kv.range(k, whole(from, 0), whole(to, -1))];
    },
    llenCache: ([key]) => [kv.length(text(key) ?? '')],
    ltrimCache: ([key, from, to]) => {
      kv.trim(text(key) ?? '', whole(from, 0), whole(to, -1));
      return [true];
    },
    lremCache: ([key, value]) => [kv.remove(text(key) ?? '', text(value) ?? '')],
    // As Redis' INFO has it: lines of "name:value".
    getCacheStatus: () => [
      {
        info: [
          'redis_version:0.0.0',
          `used_memory:${kv.bytes}`,
          `used_memory_rss:${kv.bytes}`,
          'aof_enabled:0',
          'rdb_last_bgsave_status:ok',
          '',
        ].join('\r\n'),
        dbsize: kv.size,
      },
    ],
    getCacheStats: () => [
      Object.fromEntries([...kv.calls()].map(([command, calls]) => [`num_${command.toLowerCase()}`, calls])),
    ],
  };
}

function factFunctions(room: Room): { [name: string]: HostFunction } {
  const no = (): LuaValue[] => [false];
  const nothing = (): LuaValue[] => [];
  const started = Math.floor(room.startedMs / 1000);
  return {
    getDirs: () => [{ ...DIRS }],
    getInfo: () => [
      {
        product: 'ntopng',
        version: '4.2.0',
        'version.major': 4,
        'version.minor': 2,
        revision: '0',
        platform: process.platform,
        OS: process.platform,
        pid: process.pid,
        uptime: Math.floor((room.nowMs - room.startedMs) / 1000),
        command_line: '',
        oem: false,
        'version.git': '',
        'constants.max_num_interfaces': 1,
      },
    ],
    getPrefs: () => [{ are_alerts_enabled: true, is_dump_flows_enabled: false }],
    isPro: no,
    isEnterprise: no,
    isEnterpriseM: no,
    isEnterpriseL: no,
    isnEdge: no,
    isnEdgeEnterprise: no,
    isWindows: no,
    isPackage: no,
    isAppliance: () => [true],
    isShutdown: () => [room.stopping],
    isDeadlineApproaching: no,
    getDeadline: () => [0],
    isAdministrator: () => [true],
    hasPluginsReloaded: no,
    hasRadiusSupport: no,
    hasLdapSupport: no,
    hasSpeedtestSupport: no,
    isPingAvailable: no,
    isPingIfaceAvailable: no,
    isMailEnabled: no,
    isPlugins0Dir: () => [true],
    getHttpPrefix: () => [''],
    getHostInformation: () => [{ ip: '127.0.0.1', instance_name: hostname() }],
    getStartupEpoch: () => [started],
    getUptime: () => [Math.floor((room.nowMs - room.startedMs) / 1000)],
    getRandomCSRFValue: () => [''],
    gettimemsec: () => [room.nowMs / 1000],
    getticks: () => [Math.floor(performance.now() * 1000)],
    gettickspersec: () => [1_000_000],
    // A hook that sleeps would hold up all others: time does not pass for it.
    msleep: nothing,
    readdir: () => [{}],
    exists: no,
    isdir: no,
    mkdir: no,
    rmdir: no,
    notEmptyFile: no,
    fileLastChange: () => [-1],
    setDefaultFilePermissions: nothing,
    pingHost: nothing,
    collectPingResults: () => [{}],
    resolveHost: nothing,
    resolveName: ([name]) => [text(name)],
    getResolvedName: ([name]) => [text(name)],
    httpGet: nothing,
    httpPost: nothing,
    postHTTPJsonData: no,
    sendMail: no,
    syslog: nothing,
    send_udp_data: no,
    send_tcp_data: no,
    speedtest: nothing,
    recipient_enqueue: ([id, high, alert]) => [
      typeof alert === 'string' && room.recipients.enqueue(whole(id, -1), high === true, alert),
    ],
    recipient_dequeue: ([id, high]) => {
      const alert = room.recipients.dequeue(whole(id, -1), high === true);
      return alert === undefined ? [] : [alert];
    },
    recipient_register: nothing,
    recipient_delete: nothing,
    recipient_stats: ([id]) => {
      const stats = room.recipients.list().find((one) => one.id === whole(id, -1));
      return stats ? [{ num_uses: stats.sent, num_drops: stats.dropped, num_queued: stats.waiting }] : [];
    },
    popInternalAlerts: nothing,
    verboseTrace: nothing,
    md5: ([value]) => (text(value) === undefined ? [] : [createHash('md5').update(text(value)!).digest('hex')]),
    isIPv6: ([value]) => [isIP(text(value) ?? '') === 6],
    inet_ntoa: ([value]) => {
      const n = whole(value, -1);
      return n < 0 ? [text(value)] : [`${(n >>> 24) & 255}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`];
    },
    networkPrefix: ([address, bits]) => prefix(text(address) ?? '', whole(bits, 32)),
    ipCmp: ([a, b]) => [(text(a) ?? '') < (text(b) ?? '') ? -1 : text(a) === text(b) ? 0 : 1],
    getservbyport: ([port]) => [text(port) ?? ''],
    getMacManufacturer: ([mac]) => {
      const wanted = (text(mac) ?? '').toLowerCase();
      const row = room.entities?.interfaces[0]?.macs?.find((one) => one['mac'] === wanted);
      const vendor = String(row?.['manufacturer'] ?? '');
      return [{ short: vendor.split(/[ ,]/)[0] ?? '', extended: vendor }];
    },
    getNetworkNameById: nothing,
    getTLSVersionName: ([version]) => [TLS_VERSIONS[whole(version, 0)] ?? ''],
    bitmapIsSet: ([bitmap, bit]) => [
      bitOf(bitmap, bit) !== undefined && (BigInt(whole(bitmap, 0)) & bitOf(bitmap, bit)!) !== 0n,
    ],
    bitmapSet: ([bitmap, bit]) => [Number(BigInt(whole(bitmap, 0)) | (bitOf(bitmap, bit) ?? 0n))],
    bitmapClear: ([bitmap, bit]) => [Number(BigInt(whole(bitmap, 0)) & ~(bitOf(bitmap, bit) ?? 0n))],
    systemHostStat: () => {
      const memory = process.memoryUsage();
      const resident = Math.floor(memory.rss / 1024);
      return [
        {
          cpu_load: loadavg()[0] ?? 0,
          mem_ntopng_resident: resident,
          mem_ntopng_virtual: resident,
          mem_total: Math.floor(totalmem() / 1024),
          mem_used: Math.floor((totalmem() - freemem()) / 1024),
          dropped_alerts: room.alertsDropped,
          written_alerts: room.alertsRaised,
          alerts_queries: 0,
          alerts_stats: { alert_queues: { internal_alerts_queue: { num_not_enqueued: room.alertsDropped } } },
        },
      ];
    },
    getCurrentPluginsDir: () => ['/var/lib/ntopng/plugins0'],
    getShadowPluginsDir: () => ['/var/lib/ntopng/plugins1'],
    swapPluginsDir: nothing,
    reloadPlugins: nothing,
    reloadPeriodicScripts: nothing,
    checkSystemScriptsMin: nothing,
    checkSystemScripts5Min: nothing,
    checkSystemScriptsHour: nothing,
    checkSystemScriptsDay: nothing,
  };
}

const TLS_VERSIONS: { [version: number]: string } = {
  768: 'SSLv3',
  769: 'TLSv1',
  770: 'TLSv1.1',
  771: 'TLSv1.2',
  772: 'TLSv1.3',
};

function bitOf(_bitmap: LuaValue, bit: LuaValue): bigint | undefined {
  const n = whole(bit, -1);
  return n >= 0 && n < 63 ? 1n << BigInt(n) : undefined;
}

function prefix(address: string, bits: number): LuaValue[] {
  if (isIP(address) !== 4 || bits < 0 || bits > 32) return [];
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  const net = (value & mask) >>> 0;
  return [`${net >>> 24}.${(net >>> 16) & 255}.${(net >>> 8) & 255}.${net & 255}`];
}

const LEVELS = ['error', 'warn', 'info', 'info', 'debug'] as const;

/** ntop.*, bound on demand. */
export function bindNtop(
  vm: Vm,
  room: Room,
  plugin: string,
  log: (level: 'error' | 'warn' | 'info' | 'debug', line: string) => void,
): Binder {
  const traceEvent: HostFunction = ([level, _file, _line, message]) => {
    log(LEVELS[whole(level, 2)] ?? 'info', text(message) ?? '');
    return [];
  };
  return binderOf(vm, 'ntop', { ...cacheFunctions(room, plugin), ...factFunctions(room), traceEvent });
}
