/** Bundles the bridge and fengari into one script for QuickJS. Build time only: esbuild is not in the product. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const BUNDLE = fileURLToPath(new URL('../../../dist/sandbox-fengari.js', import.meta.url));

/** Writes the bundle and returns its text. There is no `process` in QuickJS: fengari takes the ways it has for browsers. */
export async function buildFengari(file = BUNDLE): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('./bridge.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    minify: true,
    legalComments: 'none',
    define: { process: 'undefined', 'process.env.FENGARICONF': 'undefined' },
    logLevel: 'silent',
  });
  const { text } = result.outputFiles[0]!;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return text;
}
