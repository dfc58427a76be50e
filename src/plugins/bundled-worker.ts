/** Entry of the plugin worker in the bundle. The order of the two imports matters. */
import './bundled-assets.ts';
import './worker.ts';
