import { QuickVm } from '../quick/vm.ts';
import { conformance } from '../testing/conformance.ts';

conformance('fengari', (options) => QuickVm.open('fengari', options));
