/**
 * Entry of dist/: runs the bundle beside it with the code that V8 made of it when it was built. A start then reads what
 * it would compile, a tenth of a second, and detectors need not be compiled when their first packet comes.
 */
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { constants, Script } from 'node:vm';

/** Code fits one version of V8 with one set of its options on one kind of processor: the name says which. */
export const codeFile = (folder: string): string => join(folder, `bundle-${cachedDataVersionTag()}.code`);

/**
 * Compiles and runs bundle.cjs of `folder` and gives its script. Without code that fits, or with code that V8 refuses,
 * everything is compiled as it is needed. Throws where there is no bundle.
 */
export function runBundle(folder: string): Script {
  const filename = join(folder, 'bundle.cjs');
  let cachedData: Buffer | undefined;
  try {
    cachedData = readFileSync(codeFile(folder));
  } catch {}
  const script = new Script(Module.wrap(readFileSync(filename, 'utf8')), {
    filename,
    ...(cachedData ? { cachedData } : {}),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, folder);
  return script;
}
