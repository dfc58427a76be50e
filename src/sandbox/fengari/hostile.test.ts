import { QuickVm } from '../quick/vm.ts';
import { type Ending, hostile } from '../testing/hostile.ts';

/** What the default engine refuses at once, this one runs until the deadline: it is slower, and knows no fences. */
const SLOWER: Record<string, Ending[]> = {
  'empty string repeated': ['time'],
  'table.move without end': ['time'],
  'deep recursion': ['time', 'stack', 'memory'],
  'deeply nested source': ['time', 'error', 'stack'],
  'deeply nested tables in source': ['time', 'error', 'stack'],
};

hostile('fengari', (options) => QuickVm.open('fengari', options), SLOWER);
