/**
 * Packs what scripts/bundle.ts made into one executable, dist/spanwatch-ARCH: a stripped Node with the bundle, the plugin
 * worker, the native module, the engines' WebAssembly, the page's files, the demo and the plugins that ship.
 *   node scripts/executable.ts x64|arm64 NODE STRIP      NODE: that architecture's pinned Node; STRIP: its strip
 * The same inputs give the same bytes: no times, names sorted. The blob is made by the Node that runs this, which must be
 * of the same version; code cache and snapshot stay off, as they would bind it to this machine's architecture.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { inject } from 'postject';

/** The marker in every Node that postject looks for. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
/** See appliance/engine-process.ts; in the executable they hold for both processes. */
const NODE_FLAGS = [
  '--disable-wasm-trap-handler',
  '--max-semi-space-size=4',
  '--optimize-for-size',
  '--disable-warning=ExperimentalWarning',
];

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const [arch, node, strip] = process.argv.slice(2);
if ((arch !== 'x64' && arch !== 'arm64') || !node || !strip) {
  process.stderr.write('usage: node scripts/executable.ts x64|arm64 NODE STRIP\n');
  process.exit(2);
}
const native = join(dist, 'native', `spanwatch-${arch}.node`);
if (!existsSync(native)) {
  process.stderr.write(`packing for ${arch}: ${relative(root, native)} is missing; run scripts/build-native --all\n`);
  process.exit(1);
}

/** Files below a folder as asset names, tests and editors' leftovers left out. */
function filesBelow(folder: string, prefix: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(folder, name)).isFile())
    .filter((name) => !/(\.test\.ts|~|\.tmp|\.map)$|(^|\/)\./.test(name))
    .map((name): [string, string] => [`${prefix}${name}`, join(folder, name)]);
}

const work = join(dist, 'packing', arch);
mkdirSync(work, { recursive: true });
/** Without the line that names the source map: the map stays outside. */
async function minified(name: string): Promise<string> {
  const outfile = join(work, name);
  await build({
    entryPoints: [join(dist, name)],
    outfile,
    minifyWhitespace: true,
    minifySyntax: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outfile;
}

/** JSON without its indentation, which is half of it. */
function packed([name, file]: [string, string]): [string, string] {
  if (!name.endsWith('.json')) return [name, file];
  const copy = join(work, name.replaceAll('/', '-'));
  writeFileSync(copy, JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))));
  return [name, copy];
}

const assets: [string, string][] = [
  ...filesBelow(join(dist, 'assets'), '').map(packed),
  // Without the captures of their tests, which are as large as all the rest.
  ...filesBelow(join(root, 'plugins'), 'plugins/').filter(([name]) => !/^plugins\/[^/]+\/tests\//.test(name)),
  ['plugin-worker.cjs', await minified('plugin-worker.cjs')],
  ['native.node', native],
  ['demo/office.pcap', join(dist, 'demo.pcap')],
];
assets.sort(([a], [b]) => (a < b ? -1 : 1));

const config = join(work, 'sea.json');
const blob = join(work, 'blob');
writeFileSync(
  config,
  JSON.stringify({
    main: await minified('bundle.cjs'),
    output: blob,
    disableExperimentalSEAWarning: true,
    useCodeCache: false,
    useSnapshot: false,
    execArgv: NODE_FLAGS,
    execArgvExtension: 'none',
    assets: Object.fromEntries(assets),
  }),
);
execFileSync(process.execPath, ['--experimental-sea-config', config], { stdio: ['ignore', 'ignore', 'inherit'] });

const target = join(dist, `spanwatch-${arch}`);
const unfinished = join(work, 'spanwatch');
copyFileSync(node, unfinished);
chmodSync(unfinished, 0o755);
execFileSync(strip, ['--strip-all', unfinished]);
await inject(unfinished, 'NODE_SEA_BLOB', readFileSync(blob), { sentinelFuse: FUSE });
execFileSync('mv', [unfinished, target]);
process.stdout.write(
  `built dist/spanwatch-${arch}: ${(statSync(target).size / 1e6).toFixed(1)} MB, ${assets.length} files inside\n`,
);
