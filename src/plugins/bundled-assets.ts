/** In the bundle the Lua module lies in assets/; must be imported before anything opens a VM. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registerAssets } from '../sandbox/assets.ts';

registerAssets({ luaWasm: readFileSync(join(__dirname, 'assets', 'lua.wasm')) });
