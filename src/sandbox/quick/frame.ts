/** Frame over plain arrays, for engines whose arguments arrive as a whole. */
import type { Frame, LuaValue, Ref } from '../vm.ts';
import { RefArgument, type WireValue } from './wire.ts';

export class ArrayFrame implements Frame {
  readonly out: WireValue[] = [];
  readonly #args: LuaValue[];

  constructor(args: LuaValue[] = []) {
    this.#args = args;
  }
  get count(): number {
    return this.#args.length;
  }
  numberAt(index: number): number {
    const value = this.#args[index];
    return typeof value === 'number' ? value : Number.NaN;
  }
  stringAt(index: number): string | undefined {
    const value = this.#args[index];
    return typeof value === 'string' ? value : undefined;
  }
  truthAt(index: number): boolean {
    const value = this.#args[index];
    return value !== undefined && value !== null && value !== false;
  }
  valueAt(index: number): LuaValue {
    return this.#args[index];
  }
  nil(): void {
    this.out.push(undefined);
  }
  boolean(value: boolean): void {
    this.out.push(value);
  }
  number(value: number): void {
    this.out.push(value);
  }
  raw(source: Uint8Array, from: number, to: number): void {
    this.string(Buffer.from(source.slice(from, to)).toString('utf8'));
  }
  string(value: string): void {
    this.out.push(value);
  }
  ref(ref: Ref): void {
    this.out.push(new RefArgument(ref));
  }
  value(value: LuaValue): void {
    this.out.push(value);
  }
}
