/**
 * Entry of the bundle and of the executable: tells the rooms where their files are (inside the executable, else in assets/
 * beside the bundle), then runs the command.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setAssetReader } from './admin/assets.ts';
import { setOuiReader } from './devices/oui.ts';
import { main } from './main.ts';
import { carriedBytes, packed, packedNames, packedText } from './packed.ts';
import { registerPrelude } from './plugins/assets.ts';
import { setWorkerEntry } from './plugins/host.ts';
import { registerAssetReader } from './sandbox/assets.ts';

const assets = join(__dirname, 'assets');
const read = (name: string): Uint8Array => carriedBytes(name, assets);

setAssetReader((name) => read(`admin/${name}`));
registerAssetReader(read);
setOuiReader(() => read('oui.bin'));
registerPrelude(() => {
  const names = packed ? packedNames('prelude/').map((name) => name.slice(8)) : readdirSync(join(assets, 'prelude'));
  const lua = names.filter((name) => name.endsWith('.lua'));
  return Object.fromEntries(lua.map((name) => [name.slice(0, -4), Buffer.from(read(`prelude/${name}`)).toString()]));
});
setWorkerEntry(packed ? { code: () => packedText('plugin-worker.cjs') } : join(__dirname, 'plugin-worker.cjs'));

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
