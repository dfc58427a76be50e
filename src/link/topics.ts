/**
 * Questions the appliance asks the engine, one line each: `TOPICS` is the list. A new question adds its types to `Topics`
 * and the shape of its answer to `ANSWERS`; the engine's part registers a handler (engine/answers.ts), a page asks with
 * `port.engine.ask('topic', args)`.
 */
import type { Shape } from './shape.ts';
import { TRAFFIC_ANSWERS, type TrafficTopics } from './topics-traffic.ts';

export interface Topics extends TrafficTopics {
  /** Measures the line itself: answers what it was asked. */
  echo: { args: { text: string }; answer: { text: string } };
}

export type Topic = keyof Topics;
export type Args<T extends Topic> = Topics[T]['args'];
export type Answer<T extends Topic> = Topics[T]['answer'];

/** What an answer must look like before the appliance believes it. */
export const ANSWERS: { readonly [T in Topic]: Shape } = {
  echo: { text: '' },
  ...TRAFFIC_ANSWERS,
};

export const isTopic = (value: unknown): value is Topic => typeof value === 'string' && Object.hasOwn(ANSWERS, value);
