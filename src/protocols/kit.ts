/** What a protocol's folder imports: the contract, the verdicts, the cursor, the counters. */
export { count, counter } from '../decode/counters.ts';
export { Cursor } from '../decode/cursor.ts';
export { type Detector, DONE, MORE, NO, type Protocol, type Verdict, YES } from './protocol.ts';
export type { View } from './view.ts';
