/** `spanwatch engine`: the engine as a process of its own, started by the appliance. */
import { parseArgs } from 'node:util';
import { openFile, openSource } from '../capture/open.ts';
import type { PacketSource } from '../capture/source.ts';
import { log } from '../log.ts';
import { Engine } from './engine.ts';

const USAGE = `usage: spanwatch engine --socket PATH (--interface NAME [--capture auto|ring|cap] | --demo FILE)
                        [--state-dir DIR] [--writes card|memory] [--history-bytes N]
                        [--evidence-dir DIR --evidence-bytes N]

Captures, follows flows, runs plugins; answers one appliance on the socket and ends a minute after it has gone.
  --socket PATH     unix socket to listen on
  --interface NAME  interface that receives the mirrored traffic
  --capture KIND    auto (default): ring where the kernel has it, else cap
  --demo FILE       replay a capture again and again instead, with the times of now
  --state-dir DIR   keep what should survive a restart there (devices, history); without it nothing is kept
  --writes KIND     memory: write nothing there but what the owner said of his devices
  --history-bytes N what the traffic history may take there (default 32 MB)
  --evidence-dir DIR  keep the packets around alerts below it, at most --evidence-bytes of them
  --flows N         flows that fit into the table (default: by the machine's memory)
`;

/** Resolves to the exit code when the engine has ended. */
export async function engine(args: string[]): Promise<number> {
  let values: ReturnType<typeof parse>['values'];
  try {
    ({ values } = parse(args));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const capture = values.capture;
  const socketPath = values.socket;
  if (!socketPath || Boolean(values.interface) === Boolean(values.demo) || !isCapture(capture)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const source: PacketSource = values.demo
    ? openFile(values.demo, { loop: true, speed: 'original', shiftTimesToNow: true })
    : openSource({ kind: capture, interface: values.interface! });
  let end: (reason: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  const flowLimit = values.flows === undefined ? undefined : Number(values.flows);
  const running = new Engine({
    source,
    socketPath,
    ...(values['state-dir'] ? { stateDir: values['state-dir'] } : {}),
    memoryOnly: values.writes === 'memory',
    historyBytes: Math.max(0, Number(values['history-bytes']) || 0),
    ...(values['evidence-dir'] ? { evidenceDir: values['evidence-dir'] } : {}),
    evidenceBytes: Number(values['evidence-bytes'] ?? 0) || 0,
    ...(flowLimit !== undefined && Number.isInteger(flowLimit) && flowLimit > 0 ? { flowLimit } : {}),
    onEnd: end,
  });
  try {
    await running.start();
  } catch (error) {
    process.stderr.write(`engine: ${(error as Error).message}\n`);
    return 1;
  }
  const reason = await ended;
  log('info', 'engine', `ending: ${reason}`);
  await running.stop();
  return 0;
}

function isCapture(text: string): text is 'auto' | 'ring' | 'cap' {
  return text === 'auto' || text === 'ring' || text === 'cap';
}

function parse(args: string[]) {
  return parseArgs({
    args,
    options: {
      socket: { type: 'string' },
      interface: { type: 'string' },
      capture: { type: 'string', default: 'auto' },
      demo: { type: 'string' },
      flows: { type: 'string' },
      writes: { type: 'string', default: 'card' },
      'history-bytes': { type: 'string', default: '32000000' },
      'state-dir': { type: 'string' },
      'evidence-dir': { type: 'string' },
      'evidence-bytes': { type: 'string' },
    },
  });
}
