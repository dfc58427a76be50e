/**
 * Bundles what runs into dist/: bundle.cjs, spanwatch.cjs that starts it, and the plugin worker, with the files they read in
 * dist/assets/, and the demo's capture. One CommonJS file starts faster and holds less memory than the sources; the executable embeds the same.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packOui } from '../src/devices/oui.ts';
import { buildFengari } from '../src/sandbox/fengari/build.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const assets = join(dist, 'assets');
rmSync(assets, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });

await build({
  entryPoints: [join(root, 'src/loader.ts')],
  outfile: join(dist, 'spanwatch.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  footer: { js: 'if (require.main === module) runBundle(__dirname);' },
  logLevel: 'warning',
});
await build({
  entryPoints: {
    bundle: join(root, 'src/bundled.ts'),
    'plugin-worker': join(root, 'src/plugins/bundled-worker.ts'),
  },
  outdir: dist,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  sourcemap: 'linked',
  sourcesContent: false,
  minifySyntax: true,
  // Native or optional: found at run time, or done without.
  external: ['cap', 'esbuild'],
  define: { 'import.meta.url': '__bundleUrl', 'import.meta.dirname': '__dirname', 'import.meta.main': 'false' },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});

const require = createRequire(import.meta.url);
cpSync(require.resolve('wasmoon/dist/glue.wasm'), join(assets, 'lua.wasm'));
cpSync(require.resolve('@jitl/quickjs-wasmfile-release-sync/wasm'), join(assets, 'quickjs.wasm'));
await buildFengari(join(assets, 'fengari.js'));
writeFileSync(join(assets, 'oui.bin'), packOui(require('oui-data')));
cpSync(join(root, 'src/admin/assets'), join(assets, 'admin'), { recursive: true });
cpSync(require.resolve('uplot/dist/uPlot.iife.min.js'), join(assets, 'admin/uplot.js'));
cpSync(require.resolve('uplot/dist/uPlot.min.css'), join(assets, 'admin/uplot.css'));
cpSync(join(root, 'src/plugins/prelude'), join(assets, 'prelude'), { recursive: true });
execFileSync(process.execPath, [join(root, 'scripts/make-demo.ts'), join(dist, 'demo.pcap')], { stdio: 'inherit' });
execFileSync(process.execPath, [join(root, 'scripts/code-cache.ts')], { stdio: 'inherit' });
