/** `spanwatch plugin …` in a process of its own: what strangers wrote is not tried out in the appliance. */
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { ownCommand } from '../engine-process.ts';

export const TOOL_LIMITS = {
  ms: 120_000,
  /** Bytes of its answer. */
  output: 4 << 20,
  heapMb: 256,
} as const;

/** Resolves to the last line it printed, parsed as JSON. Rejects with a sentence. */
export function runTool(args: string[], command = ownCommand): Promise<unknown> {
  const { file, args: all } = command(['plugin', ...args, '--json']);
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --max-old-space-size=${TOOL_LIMITS.heapMb}`,
    };
    const child = spawn(file, all, { stdio: ['ignore', 'pipe', 'ignore'], env });
    let out = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), TOOL_LIMITS.ms);
    child.once('spawn', () => {
      try {
        setPriority(child.pid!, constants.priority.PRIORITY_LOW);
      } catch {
        // It runs all the same.
      }
    });
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      out += text;
      if (out.length > TOOL_LIMITS.output) child.kill('SIGKILL');
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new Error(`could not try the plugin: ${error.message}`));
    });
    child.once('close', (_code, signal) => {
      clearTimeout(timer);
      if (signal) return reject(new Error(`trying the plugin took too long or too much memory and was ended`));
      try {
        resolve(JSON.parse(out.trim().split('\n').at(-1) ?? ''));
      } catch {
        reject(new Error('trying the plugin gave no answer'));
      }
    });
  });
}
