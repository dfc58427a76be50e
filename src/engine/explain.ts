/** `spanwatch explain FILE.pcap [--flow N]`: which detectors looked at a flow, what each said, and why the verdict fell. */
import { totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { openFile } from '../capture/open.ts';
import type { SourceState } from '../capture/source.ts';
import { l4Name } from '../events/l4.ts';
import type { FlowRecord } from '../flows/record.ts';
import { limitsFor } from '../limits.ts';
import { applicationOfCertificate, applicationOfHost } from '../protocols/applications.ts';
import { l7Name, protocolName } from '../protocols/catalogue.ts';
import type { View } from '../protocols/view.ts';
import { Pipeline } from './pipeline.ts';

const USAGE = `usage: spanwatch explain FILE.pcap [--flow N]

Shows for each flow of a capture what every detector said of its packets and why the verdict fell.
  --flow N    only the N-th flow, in order of first packets, from 1
`;
/** A file of many flows would fill memory with words; the rest is counted. */
const MAX_FLOWS = 20_000;
const MAX_LINES = 200;

/** The answers to one packet. */
interface Look {
  packet: number;
  head: string;
  answers: Map<string, string[]>;
}

interface Story {
  looks: Look[];
  reason: string;
}

/** Resolves to the exit code: 0, 1 for a file that could not be read to its end, 2 for wrong usage. */
export async function explain(args: string[]): Promise<number> {
  const asked = parse(args);
  if (!asked) {
    process.stderr.write(USAGE);
    return 2;
  }
  const { stories, failed } = await watch(asked.path);
  const chosen = asked.flow === undefined ? stories : stories.slice(asked.flow - 1, asked.flow);
  if (asked.flow !== undefined && chosen.length === 0) {
    process.stderr.write(`explaining flow ${asked.flow}: ${asked.path} has ${stories.length} flows\n`);
    return 2;
  }
  for (const { record, story } of chosen) process.stdout.write(tell(record, story, stories));
  if (failed !== undefined) process.stderr.write(`${failed}\n`);
  return failed === undefined ? 0 : 1;
}

function parse(args: string[]): { path: string; flow: number | undefined } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { flow: { type: 'string' } },
    });
    const path = positionals[0];
    const flow = values.flow === undefined ? undefined : Number(values.flow);
    if (!path || positionals.length > 1 || (flow !== undefined && !(Number.isInteger(flow) && flow > 0)))
      return undefined;
    return { path, flow };
  } catch {
    return undefined;
  }
}

type Told = { record: FlowRecord; story: Story };

async function watch(path: string): Promise<{ stories: Told[]; failed: string | undefined }> {
  const open = new Map<number, Story>();
  const told: Told[] = [];
  const storyOf = (f: number): Story => {
    let story = open.get(f);
    if (!story) open.set(f, (story = { looks: [], reason: 'nothing was recognised' }));
    return story;
  };
  const pipeline: Pipeline = new Pipeline(limitsFor(totalmem()), {
    detected: () => {},
    periodic: () => {},
    ended: (f) => {
      if (told.length < MAX_FLOWS) told.push({ record: pipeline.record(f), story: storyOf(f) });
      open.delete(f);
    },
  });
  pipeline.inspector.trace = (f, protocol, said, view) => note(storyOf(f), protocol, said, view);
  const source = openFile(path);
  const ended = new Promise<SourceState>((resolve) => {
    source.onState = (state) => {
      if (state.status === 'ended' || state.status === 'failed') resolve(state);
    };
  });
  await source.start(pipeline);
  const state = await ended;
  pipeline.flows.endAll('shutdown');
  told.sort((a, b) => a.record.id - b.record.id);
  return { stories: told, failed: state.status === 'failed' ? state.text : undefined };
}

function note(story: Story, protocol: string, said: string, view: View | undefined): void {
  if (!view) {
    if (said === 'port') story.reason = 'nothing was recognised; the port suggests it';
    if (said === 'address') story.reason = 'nothing was recognised; the network it goes to suggests it';
    else if (said === 'expected') story.reason = 'another flow announced it';
    return;
  }
  let look = story.looks.at(-1);
  if (look?.packet !== view.packet) {
    if (story.looks.length >= MAX_LINES) return;
    look = { packet: view.packet, head: headOf(view), answers: new Map() };
    story.looks.push(look);
  }
  const names = look.answers.get(said);
  if (names) names.push(protocol);
  else look.answers.set(said, [protocol]);
  if (said === 'yes') {
    story.reason = `${protocol} recognised ${view.byBehaviour ? 'the behaviour' : 'the content'} of packet ${view.packet}`;
  }
}

/** Who spoke, how much there was to see, and its first bytes. */
function headOf(view: View): string {
  const { c } = view;
  const bytes: string[] = [];
  for (let i = 0; i < Math.min(16, c.length); i++) bytes.push(c.buf[c.start + i]!.toString(16).padStart(2, '0'));
  const sight = view.tcp ? `stream of ${c.length} bytes` : `${c.length} bytes`;
  return `${view.fromClient ? 'client' : 'server'}, ${sight}${view.midStream ? ' from the middle' : ''}: ${bytes.join(' ')}`;
}

function tell(record: FlowRecord, story: Story, all: readonly Told[]): string {
  const { client, server } = record;
  const number = all.findIndex((t) => t.record === record) + 1;
  const lines = [
    `flow ${number}: ${l4Name(record.proto)} ${client.ip} ${client.port} → ${server.ip} ${server.port} (client by ${record.clientBy})`,
  ];
  for (const look of story.looks) {
    lines.push(`  packet ${look.packet}, ${look.head}`);
    for (const [said, names] of look.answers) lines.push(`    ${SAID[said] ?? said} ${names.join(', ')}`);
  }
  const name = l7Name(record.master, record.app);
  lines.push(`  verdict: ${name} (${record.master}.${record.app}), by ${record.confidence}: ${story.reason}`);
  if (record.app && record.app !== record.master)
    lines.push(`  application: ${protocolName(record.app)}, ${whose(record)}`);
  if (record.info.hostname) lines.push(`  host name: ${JSON.stringify(record.info.hostname)}`);
  for (const risk of record.risks) lines.push(`  risk ${risk.id}: ${JSON.stringify(risk.value)}`);
  return `${lines.join('\n')}\n`;
}

/** What named the application inside the protocol. */
function whose({ app, info }: FlowRecord): string {
  if (info.hostname && applicationOfHost(info.hostname) === app) return 'by the host name';
  if (applicationOfCertificate(info.tls) === app) return 'by the certificate';
  return 'by what was said in it, or by another flow of its endpoint';
}

const SAID: Record<string, string> = {
  no: 'not mine:',
  more: 'not enough yet:',
  yes: 'mine:',
  parse: 'reads on:',
  done: 'has what it wants:',
};
