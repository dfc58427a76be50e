/**
 * Writes docs/compatibility.md: the re-creations of ntopng 4.2's community plugins are loaded, configured and fired, and
 * what they did is the table.  node scripts/compatibility.ts [--check]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { CASES } from '../test/compat/cases.ts';
import { CompatRoom, scan } from '../test/compat/room.ts';

const FILE = new URL('../docs/compatibility.md', import.meta.url);

const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 400);

async function row(key: string): Promise<string> {
  const one = CASES[key]!;
  const folder = scan().plugins.find((plugin) => plugin.key === key)!.path;
  const area = /compat-plugins\/(.+)\/[^/]+$/.exec(folder)?.[1] ?? '';
  const room = await CompatRoom.open([key], one.typed, one.over);
  const info = room.kit.plugin(key);
  const kinds = [...new Set(info.scripts.map((script) => script.subdir))].map((kind) => {
    const n = info.scripts.filter((script) => script.subdir === kind).length;
    return n === 1 ? kind : `${kind} ${n}`;
  });
  const forms = new Set(
    info.scripts.map((script) => script.gui?.builder ?? 'none').filter((name) => name !== 'default'),
  );
  const loads = info.state === 'error' || info.scripts.some((script) => script.state === 'error') ? 'NO' : 'yes';
  let configured = 'switch';
  let fired: string;
  if (one.refused) {
    const words =
      info.state === 'disabled'
        ? `${info.reason}; its scripts use a definition that 4.2 does not have`
        : info.scripts[0]!.reason;
    configured = '–';
    fired = `**cannot work here**: ${words}`;
  } else {
    if (forms.size > 0) configured = [...forms].join(', ');
    if (info.scripts.length === 0) configured = info.endpoints.length > 0 ? 'recipient' : '–';
    try {
      fired = await one.fire(room);
    } catch (error) {
      fired = `**FAILED**: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  room.close();
  const what = kinds.length > 0 ? kinds.join(', ') : 'endpoint';
  return `| ${area} | ${key} | ${what} | ${loads} | ${configured} | ${cell(one.traffic || '–')} | ${cell(fired)} |`;
}

const rows: string[] = [];
for (const key of Object.keys(CASES)) rows.push(await row(key));
const failed = rows.filter((text) => /FAILED|\| NO \|/.test(text));
const works = rows.filter((text) => !text.includes('cannot work here')).length - failed.length;

const text = `# Compatibility with ntopng 4.2

Made by \`node scripts/compatibility.ts\`; \`test/compat/\` holds every row. The plugins of the table are **our own re-creations** of how each of the 47 community plugins
uses the API (\`test/compat-plugins/\`): the originals are GPL and no part of this repository. They run unmodified: copy their folders into \`plugins/\` of the state folder.

${rows.length} plugins, ${scan().plugins.reduce((n, plugin) => n + [...plugin.files.keys()].filter((file) => file.startsWith('user_scripts/')).length, 0)} scripts; ${works} work as 4.2's documentation says, ${rows.length - works - failed.length} load and say why they cannot.

| area | plugin | scripts | loads | form | fired by | what happened |
|---|---|---|---|---|---|---|
${rows.join('\n')}

The packets are made frame by frame (\`test/compat/traffic.ts\`) and go through the same decoding, flows and detection as live ones. Counters that a plugin watches and that no traffic can move in
a test (lost alerts, skipped calls, a slow run of our own) are set. Answers of the world outside (web hooks, mail, ping) are made up; the requests themselves are tested against real
servers in \`src/plugins/outside.test.ts\`.

What differs on purpose is listed in [src/plugins/README.md](../src/plugins/README.md).
`;

if (process.argv.includes('--check')) {
  // Times and sizes in what happened may differ from run to run: the rows' keys and verdicts may not.
  const shape = (doc: string): string[] =>
    [...doc.matchAll(/^\| (\S+) \| (\S+) \| ([^|]*) \| (\S+) \| ([^|]*) \|/gm)].map((found) =>
      found.slice(1).join(' '),
    );
  if (JSON.stringify(shape(readFileSync(FILE, 'utf8'))) !== JSON.stringify(shape(text))) {
    process.stderr.write('docs/compatibility.md is not what the plugins do: run node scripts/compatibility.ts\n');
    process.exitCode = 1;
  }
} else writeFileSync(FILE, text);
if (failed.length > 0) {
  process.stderr.write(`${failed.join('\n')}\n`);
  process.exitCode = 1;
}
