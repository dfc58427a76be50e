/** All flow records of a capture, through the very engine the appliance runs. */
import { openFile } from '../../src/capture/open.ts';
import type { SourceState } from '../../src/capture/source.ts';
import { Pipeline } from '../../src/engine/pipeline.ts';
import type { FlowRecord } from '../../src/flows/record.ts';
import type { Limits } from '../../src/limits.ts';

/** Sizes for many small captures one after the other: a table as large as the appliance's would only cost time. */
const LIMITS: Limits = {
  flows: 8192,
  hosts: 1024,
  devices: 1024,
  inspections: 4096,
  streamBytes: 32_768,
  streamTotalBytes: 8 << 20,
};

/** Resolves to the flows in order of their end, and the reader's complaint when the file could not be read to its end. */
export async function flowsOf(path: string): Promise<{ flows: FlowRecord[]; failed: string | undefined }> {
  const flows: FlowRecord[] = [];
  const pipeline: Pipeline = new Pipeline(LIMITS, {
    detected: () => {},
    periodic: () => {},
    ended: (f) => flows.push(pipeline.record(f)),
  });
  const source = openFile(path);
  const ended = new Promise<SourceState>((resolve) => {
    source.onState = (state) => {
      if (state.status === 'ended' || state.status === 'failed') resolve(state);
    };
  });
  await source.start(pipeline);
  const state = await ended;
  pipeline.flows.endAll('shutdown');
  return { flows, failed: state.status === 'failed' && state.reason !== 'cut_short' ? state.text : undefined };
}
