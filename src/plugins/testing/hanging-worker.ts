/** The plugin worker with one host function that never returns: ntop.getCache("hang"). For the test of the watchdog. */
import { Kv } from '../kv.ts';
import '../worker.ts';

const get = Kv.prototype.get;
Kv.prototype.get = function (this: Kv, key: string): string {
  if (key === 'hang') for (;;);
  return get.call(this, key);
};
