/** Where the prelude's Lua files come from: this folder, or what a bundle has built in. */
import { readdirSync, readFileSync } from 'node:fs';

let embedded: { [name: string]: string } | undefined;
let builtIn: (() => { [name: string]: string }) | undefined;

/** A bundle says before the host is started where its built-in files are: text by module name ("alert_consts"). */
export function registerPrelude(files: () => { [name: string]: string }): void {
  builtIn = files;
  embedded = undefined;
}

/** All files of the prelude, text by module name. */
export function preludeFiles(): { [name: string]: string } {
  if (embedded) return embedded;
  if (builtIn) return (embedded = builtIn());
  const folder = new URL('./prelude/', import.meta.url);
  const files: { [name: string]: string } = {};
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.lua')) files[name.slice(0, -4)] = readFileSync(new URL(name, folder), 'utf8');
  }
  embedded = files;
  return files;
}
