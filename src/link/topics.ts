/**
 * Questions the appliance asks the engine, one line each: `TOPICS` is the list. A new question adds its types to `Topics`
 * and the shape of its answer to `ANSWERS`; the engine's part registers a handler (engine/answers.ts), a page asks with
 * `port.engine.ask('topic', args)`.
 */
import type { QualityMinute } from '../alerts/alert.ts';
import type { DoctorReport } from '../doctor/verdict.ts';
import type { Shape } from './shape.ts';
import { TRAFFIC_ANSWERS, type TrafficTopics } from './topics-traffic.ts';

export interface Topics extends TrafficTopics {
  /** Measures the line itself: answers what it was asked. */
  echo: { args: { text: string }; answer: { text: string } };
  /** What the mirror port delivers and what to do about it, looked at since the engine's start. */
  doctor: { args: Record<string, never>; answer: DoctorReport };
  /** What capture missed, minute by minute, oldest first; the last one is not over yet. At most 1440. */
  quality: { args: { minutes: number }; answer: { minutes: QualityMinute[] } };
}

export type Topic = keyof Topics;
export type Args<T extends Topic> = Topics[T]['args'];
export type Answer<T extends Topic> = Topics[T]['answer'];

/** What an answer must look like before the appliance believes it. */
export const ANSWERS: { readonly [T in Topic]: Shape } = {
  echo: { text: '' },
  ...TRAFFIC_ANSWERS,
  doctor: {
    atMs: 0,
    source: '',
    seconds: 0,
    packets: 0,
    verdicts: [{ id: '', level: '', title: '', text: '', advice: '' }],
  },
  quality: {
    minutes: [
      {
        atMs: 0,
        packets: 0,
        bytes: 0,
        kernelDropped: null,
        interfaceDropped: null,
        truncated: 0,
        evicted: 0,
        hooksSkipped: 0,
        blindMs: 0,
      },
    ],
  },
};

export const isTopic = (value: unknown): value is Topic => typeof value === 'string' && Object.hasOwn(ANSWERS, value);
