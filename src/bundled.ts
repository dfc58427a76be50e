/** Entry of the bundle: tells the rooms that their files lie in assets/ beside it, then runs the command. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setAssetReader } from './admin/assets.ts';
import { main } from './main.ts';
import { registerPrelude } from './plugins/assets.ts';
import { setWorkerEntry } from './plugins/host.ts';

const assets = join(__dirname, 'assets');
const prelude = join(assets, 'prelude');

setAssetReader((name) => readFileSync(join(assets, 'admin', name)));
registerPrelude(
  Object.fromEntries(
    readdirSync(prelude)
      .filter((name) => name.endsWith('.lua'))
      .map((name) => [name.slice(0, -4), readFileSync(join(prelude, name), 'utf8')]),
  ),
);
setWorkerEntry(join(__dirname, 'plugin-worker.cjs'));

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
