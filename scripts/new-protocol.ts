/**
 * Makes what a new protocol begins with: a folder with a detector, a fixture and its golden, and the protocol's two lines
 * in list.ts. The detector knows one magic word, which is to be replaced by what the specification says.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { allProtocols } from '../src/protocols/catalogue.ts';
import type { Protocol } from '../src/protocols/protocol.ts';

const USAGE = `usage: scripts/new-protocol FOLDER --id N [OPTIONS]     (npm run new:protocol -- FOLDER --id N)
  FOLDER           name in small letters, digits and "_": src/protocols/FOLDER/
  --id N           nDPI's id, from src/protocols/data/catalogue.json
  --tcp, --udp     transports (default --tcp)
  --port N         its usual port; may be given several times
  --magic TEXT     the first bytes a client says, as text (default "HELLO")
  --root DIR       the folder of protocols (default src/protocols)
`;

function options() {
  return parseArgs({
    allowPositionals: true,
    options: {
      id: { type: 'string', default: '' },
      tcp: { type: 'boolean', default: false },
      udp: { type: 'boolean', default: false },
      port: { type: 'string', multiple: true, default: [] },
      magic: { type: 'string', default: 'HELLO' },
      root: { type: 'string', default: join(import.meta.dirname, '../src/protocols') },
    },
  });
}

const refuse = (why: string): number => {
  process.stderr.write(`making a protocol: ${why}\n${USAGE}`);
  return 2;
};

async function main(): Promise<number> {
  let parsed: ReturnType<typeof options>;
  try {
    parsed = options();
  } catch (error) {
    return refuse((error as Error).message);
  }
  const { id, root, magic, port, udp, tcp } = parsed.values;
  const folder = parsed.positionals[0] ?? '';
  const known = allProtocols().find((p) => p.id === Number(id));
  const list = join(root, 'list.ts');
  if (!/^[a-z][a-z0-9_]*$/.test(folder)) return refuse(`"${folder}" is no name of a folder`);
  if (!known) return refuse(`no protocol has the id "${id}"`);
  if (!/^[\x20-\x7e]{2,32}$/.test(magic) || /["'\\]/.test(magic))
    return refuse('--magic is 2 to 32 letters without quotes');
  if (port.some((p) => !(Number(p) > 0 && Number(p) < 65_536))) return refuse('a port is a number below 65536');
  if (existsSync(join(root, folder))) return refuse(`${join(root, folder)} is there already`);
  const text = readFileSync(list, 'utf8');
  const { protocols } = (await import(pathToFileURL(list).href)) as { protocols: readonly Protocol[] };
  if (protocols.some((p) => p.id === known.id)) return refuse(`${known.name} (${known.id}) is in ${list} already`);
  if (text.includes(`./${folder}/index.ts`)) return refuse(`${list} names ${folder} already`);

  const name = folder.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const transports = [...(tcp || !udp ? ['tcp'] : []), ...(udp ? ['udp'] : [])];
  const source = detector({ name, id: known.id, label: known.name, transports, ports: port.map(Number), magic });
  mkdirSync(join(root, folder, 'fixtures'), { recursive: true });
  writeFileSync(join(root, folder, 'index.ts'), source);
  for (const transport of transports) {
    const talk = `# ${known.name}\n${transport} 40000 > ${port[0] ?? 50001}\n> "${magic}" 0d0a\n`;
    writeFileSync(join(root, folder, 'fixtures', `${transport}.talk`), talk);
  }
  writeFileSync(list, withLines(text, name, folder));
  process.stdout.write(
    `${join(root, folder)}: index.ts, fixtures/; ${list} names it\n` +
      `next: write look() after the specification, real bytes into fixtures/, then\n` +
      `  node src/protocols/golden.test.ts --update && node --test src/protocols/golden.test.ts\n`,
  );
  return 0;
}

interface Plan {
  name: string;
  id: number;
  label: string;
  transports: readonly string[];
  ports: readonly number[];
  magic: string;
}

function detector({ name, id, label, transports, ports, magic }: Plan): string {
  const first = `0x${magic.charCodeAt(0).toString(16)}`;
  const at = ports.length ? `ports: [${ports.join(', ')}], ` : '';
  const lines = transports.map((t) => `  ${t}: { ${at}first: [${first}], firstServer: [${first}], look },\n`).join('');
  const short =
    transports.includes('udp') && transports.includes('tcp')
      ? 'view.tcp ? MORE : NO'
      : transports[0] === 'tcp'
        ? 'MORE'
        : 'NO';
  const kit = short === 'NO' ? 'NO, type Protocol, type View, YES' : 'MORE, NO, type Protocol, type View, YES';
  return `/** ${label} (name the specification and its section): what its first bytes are. */
import { ${kit} } from '../kit.ts';

export const ${name}: Protocol = {
  id: ${id},
  name: '${label}',
${lines}};

const MAGIC = '${magic}';

function look(view: View) {
  const { c } = view;
  if (c.length < MAGIC.length) return ${short};
  return c.startsWith(MAGIC) ? YES : NO;
}
`;
}

/** The import in its place by the alphabet of folders, the protocol at the end of the list, where weak signatures stand. */
function withLines(list: string, name: string, folder: string): string {
  const line = `import { ${name} } from './${folder}/index.ts';`;
  const lines = list.split('\n');
  const folderOf = (text: string) => /^import \{.*\} from '\.\/([a-z0-9_]+)\/index\.ts';$/.exec(text)?.[1];
  let at = lines.findIndex((text) => (folderOf(text) ?? '') > folder);
  if (at < 0) at = lines.findLastIndex((text) => folderOf(text) !== undefined) + 1;
  lines.splice(at, 0, line);
  const end = lines.lastIndexOf('];');
  lines.splice(end, 0, `  ${name},`);
  return lines.join('\n');
}

process.exitCode = await main();
