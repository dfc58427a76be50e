/** In the bundle the engines' files lie in assets/ or in the executable; must be imported before anything opens a VM. */
import { join } from 'node:path';
import { carriedBytes } from '../packed.ts';
import { registerAssetReader } from '../sandbox/assets.ts';

registerAssetReader((name) => carriedBytes(name, join(__dirname, 'assets')));
