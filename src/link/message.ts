/** What both ends check of a message before they believe it: a JSON object with a known `kind`. */
import type { ToAppliance, ToEngine } from '../messages.ts';
import { EXAMPLES } from './examples.ts';
import { hasShape } from './shape.ts';
import { ANSWERS, isTopic } from './topics.ts';

/** Longest message in bytes, either way. A page of flows or a full plugin list stays below a tenth of it. */
export const MESSAGE_BYTES = 8 * 1024 * 1024;
/** Bytes waiting in a socket before messages that may be lost (figures, log lines) are dropped and counted. */
export const BACKLOG_BYTES = 4 * 1024 * 1024;

const TO_ENGINE = new Set(['hello', 'configure', 'ack', 'flows', 'flow', 'reload', 'ask', 'stop']);
const TO_APPLIANCE = new Set(['hello', 'stats', 'alerts', 'plugins', 'flows', 'reloaded', 'answer', 'log']);

function parse(line: string, kinds: Set<string>): object | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  return typeof value.kind === 'string' && kinds.has(value.kind) ? value : undefined;
}

/**
 * Reads one line that came from the appliance. Both ends are of one executable and the hello has compared versions, so
 * the fields behind a known `kind` are trusted; handlers of questions check what a page could have filled in.
 */
export function parseToEngine(line: string): ToEngine | undefined {
  const message = parse(line, TO_ENGINE) as ToEngine | undefined;
  return message?.kind === 'ask' && !isTopic(message.topic) ? undefined : message;
}

/**
 * Reads one line that came from the engine, the process that touches hostile packets: what is kept or shown for long
 * (alerts, plugins, figures, flows) is checked here for its shape, so that nothing it says can make the appliance throw.
 */
export function parseToAppliance(line: string): ToAppliance | undefined {
  const message = parse(line, TO_APPLIANCE) as ToAppliance | undefined;
  if (message === undefined) return undefined;
  switch (message.kind) {
    case 'hello':
      return hasShape(message, { protocol: 0, version: '', pid: 0, bootId: '' }) ? message : undefined;
    case 'stats':
      return hasShape(message.stats, EXAMPLES.stats) && numbersOnly(message.stats.counters) ? message : undefined;
    case 'alerts':
      // The store checks what is in them; here only what an acknowledgement needs.
      return hasShape(message.items, [{ key: '' }]) ? message : undefined;
    case 'plugins':
      return hasShape(message.items, [EXAMPLES.plugin]) ? message : undefined;
    case 'flows':
      return hasShape(message, { request: 0, total: 0, items: [EXAMPLES.flow] }) ? message : undefined;
    case 'reloaded':
      return hasShape(message, { request: 0, ok: true, text: '' }) ? message : undefined;
    case 'answer': {
      if (!hasShape(message, { request: 0, topic: '', ok: true, error: '' }) || !isTopic(message.topic))
        return undefined;
      return !message.ok || hasShape(message.value, ANSWERS[message.topic]) ? message : undefined;
    }
    case 'log':
      return hasShape(message, { level: '', source: '', text: '' }) ? message : undefined;
  }
}

const numbersOnly = (counters: object): boolean => Object.values(counters).every((value) => typeof value === 'number');
