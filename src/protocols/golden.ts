/**
 * Fixtures of protocols, `<protocol>/fixtures/<case>.talk`, and what is to come of them, `<case>.golden.json` beside it.
 * A talk is text: "tcp 40000 > 443" (the server's address before it where that matters), then one packet a line: ">" or "<"
 * and its bytes as hex, "text", or hex*count; "#" begins a remark.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Outcome } from './test-kit.ts';
import { type Conversation, conversationOf } from './testing.ts';

export interface Fixture {
  /** "tls/fixtures/hello" */
  name: string;
  conversation: Conversation;
  /** Path of the expected outcome. */
  golden: string;
}

/** All fixtures below the folder of protocols. Throws for a talk that is none. */
export function fixtures(folder: string): Fixture[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.talk'))
    .sort()
    .map((path) => {
      const file = join(folder, path);
      return {
        name: relative(folder, file).replace(/\.talk$/, ''),
        conversation: readTalk(readFileSync(file, 'utf8')),
        golden: file.replace(/\.talk$/, '.golden.json'),
      };
    });
}

export function readTalk(text: string): Conversation {
  const [head = '', ...lines] = text.split('\n').filter((line) => line.trim() && !line.startsWith('#'));
  if (!/^([\d.]+ )?(tcp|udp) \d+ > \d+$/.test(head))
    throw new Error(`reading a talk: "${head}" is no "tcp 40000 > 443"`);
  const bad = lines.find((line) => !/^[<>]( (("[^"]*"|[0-9a-f]+(\*\d+)?) *)+)$/.test(line));
  if (bad !== undefined) throw new Error(`reading a talk: "${bad.slice(0, 40)}" is no packet`);
  return conversationOf(head.replace(' > ', '>'), lines);
}

export function writeTalk(file: string, remark: string, conversation: Conversation): void {
  const { tcp, clientPort, serverPort, packets } = conversation;
  const lines = packets.map((p) => `${p.fromClient ? '>' : '<'} ${Buffer.from(p.bytes).toString('hex')}`);
  writeFileSync(file, `# ${remark}\n${tcp ? 'tcp' : 'udp'} ${clientPort} > ${serverPort}\n${lines.join('\n')}\n`);
}

/** The expected outcome, undefined when there is none yet. */
export function readGolden(path: string): Outcome | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Outcome) : undefined;
}

export const writeGolden = (path: string, outcome: Outcome): void =>
  writeFileSync(path, `${JSON.stringify(outcome, null, 2)}\n`);
