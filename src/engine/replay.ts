/** `spanwatch replay FILE --flows - --alerts -`: a capture through the very same engine, events out as JSON lines. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { openFile } from '../capture/open.ts';
import type { SourceState } from '../capture/source.ts';
import { countersSeen } from '../decode/counters.ts';
import { flowEvent } from '../events/flow-event.ts';
import { TIMEOUTS } from '../flows/flows.ts';
import { limitsFor } from '../limits.ts';
import { Pipeline } from './pipeline.ts';

const USAGE = `usage: spanwatch replay FILE.pcap [--flows FILE|-] [--stats] [--no-timeouts]

Runs a capture (pcap, pcapng, gz; - for standard input) through the engine.
  --flows FILE    one JSON event per flow, when it ends
  --stats         packets, flows and counters, on standard error
  --no-timeouts   one flow per five-tuple for the whole file, however long it was silent
`;

/** Collects lines and writes them in large pieces; a line a write would cost more than the engine. */
class LineWriter {
  readonly #fd: number;
  #pending = '';

  constructor(path: string) {
    this.#fd = path === '-' ? 1 : openSync(path, 'w');
  }

  line(value: object): void {
    this.#pending += `${JSON.stringify(value)}\n`;
    if (this.#pending.length > 1 << 16) this.flush();
  }

  flush(): void {
    let bytes: Uint8Array = Buffer.from(this.#pending);
    this.#pending = '';
    while (bytes.length > 0) {
      try {
        bytes = bytes.subarray(writeSync(this.#fd, bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
    }
  }

  close(): void {
    this.flush();
    if (this.#fd !== 1) closeSync(this.#fd);
  }
}

/** Resolves to the exit code: 0, 1 for a file that could not be read to its end, 2 for wrong usage. */
export async function replay(args: string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = parsed;
  const path = positionals[0];
  if (!path || positionals.length > 1) {
    process.stderr.write(USAGE);
    return 2;
  }
  const flows = values.flows === undefined ? undefined : new LineWriter(values.flows);
  const forever = 1e9;
  const timeouts = values['no-timeouts']
    ? { ...TIMEOUTS, tcpEstablished: forever, tcpHalfOpen: forever, tcpClosed: forever, udp: forever, other: forever }
    : TIMEOUTS;
  const pipeline = new Pipeline(
    limitsFor(totalmem()),
    {
      detected: () => {},
      periodic: () => {},
      ended: (f) => flows?.line(flowEvent(pipeline.record(f))),
    },
    timeouts,
  );
  const source = openFile(path);
  const ended = new Promise<SourceState>((resolve) => {
    source.onState = (state) => {
      if (state.status === 'ended' || state.status === 'failed') resolve(state);
    };
  });
  await source.start(pipeline);
  const state = await ended;
  pipeline.flows.endAll('shutdown');
  flows?.close();
  if (values.stats) {
    const { created, size } = pipeline.flows.table;
    const stats = {
      packets: pipeline.packets,
      bytes: pipeline.bytes,
      flows: created,
      active: size,
      counters: countersSeen(),
    };
    process.stderr.write(`${JSON.stringify(stats)}\n`);
  }
  if (state.status === 'failed') {
    process.stderr.write(`${state.text}\n`);
    // A capture whose writer was cut off is the normal case after a power cut: everything before the cut counts.
    return state.reason === 'cut_short' ? 0 : 1;
  }
  return 0;
}

function parse(args: string[]) {
  return parseArgs({
    args,
    allowPositionals: true,
    options: {
      flows: { type: 'string' },
      stats: { type: 'boolean', default: false },
      'no-timeouts': { type: 'boolean', default: false },
    },
  });
}
