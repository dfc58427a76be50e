/** Records: tables of fixed fields, built on the script's side so that their names are interned once. */

/** More would not fit the registers of one Lua function. */
const MAX_FIELDS = 200;
const MAX_LOCALS = 100;

/** A Lua string literal of any text. Runs in QuickJS too: no Buffer here. */
function quoteLua(text: string): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (/[\w .,:;\-+*/()<>=]/.test(char)) out += char;
    else out += `\\u{${code.toString(16)}}`;
  }
  return `${out}"`;
}

/** Source of a chunk that takes `__raw` (returns the values) and returns the constructor. */
export function recordSource(fields: readonly string[]): string {
  if (fields.length === 0 || fields.length > MAX_FIELDS)
    throw new Error(`a record has 1 to ${MAX_FIELDS} fields, not ${fields.length}`);
  const names = fields.map((_, i) => `v${i}`);
  const pairs = fields.map((field, i) => `[${quoteLua(field)}]=v${i}`);
  if (fields.length <= MAX_LOCALS)
    return `local raw = __raw __raw = nil
return function() local ${names.join(',')} = raw() return {${pairs.join(',')}} end`;
  // Wide records need two functions: one may have 200 locals, and results and constructor together 255 registers.
  return `local raw = __raw __raw = nil
local function make(${names.join(',')}) return {${pairs.join(',')}} end
return function() return make(raw()) end`;
}
