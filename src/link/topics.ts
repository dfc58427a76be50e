/**
 * Questions the appliance asks the engine, one line each: `TOPICS` is the list. A new question adds its types to `Topics`
 * and the shape of its answer to `ANSWERS`; the engine's part registers a handler (engine/answers.ts), a page asks with
 * `port.engine.ask('topic', args)`.
 */
import type { QualityMinute } from '../alerts/alert.ts';
import type { DoctorReport } from '../doctor/verdict.ts';
import type { RecipientState } from '../plugins/recipients.ts';
import type { SeriesInfo } from '../plugins/series.ts';
import type { Recipient } from '../plugins/types.ts';
import type { WouldFire } from '../workshop/would-fire.ts';
import type { Shape } from './shape.ts';
import { TRAFFIC_ANSWERS, type TrafficTopics } from './topics-traffic.ts';

export interface Topics extends TrafficTopics {
  /** What the plugin in this folder would have raised over the flows that ended of late. Takes seconds; one at a time. */
  wouldFire: { args: { folder: string }; answer: WouldFire };
  /** Measures the line itself: answers what it was asked. */
  echo: { args: { text: string }; answer: { text: string } };
  /** What the mirror port delivers and what to do about it, looked at since the engine's start. */
  doctor: { args: Record<string, never>; answer: DoctorReport };
  /** What capture missed, minute by minute, oldest first; the last one is not over yet. At most 1440. */
  quality: { args: { minutes: number }; answer: { minutes: QualityMinute[] } };
  /** A page that a plugin brings, as HTML that nobody has looked at yet. */
  pluginPage: {
    args: { plugin: string; file: string; query: { [name: string]: string } };
    answer: { ok: boolean; text: string };
  };
  /** Time series that plugins write; of one plugin, or with "" of all. */
  pluginSeries: { args: { plugin: string }; answer: { series: SeriesInfo[] } };
  /** Points of a series, oldest first: times in ms, one list of values for each metric, null where nothing is known. */
  pluginPoints: { args: { id: string }; answer: { times: number[]; values: (number | null)[][] } };
  pluginRecipients: { args: Record<string, never>; answer: { items: RecipientState[] } };
  /** Sends a test message through a plugin's back-end. */
  tryRecipient: { args: { recipient: Recipient }; answer: { ok: boolean; text: string } };
}

export type Topic = keyof Topics;
export type Args<T extends Topic> = Topics[T]['args'];
export type Answer<T extends Topic> = Topics[T]['answer'];

/** What an answer must look like before the appliance believes it. */
export const ANSWERS: { readonly [T in Topic]: Shape } = {
  wouldFire: {
    what: '',
    ok: true,
    reason: '',
    flows: 0,
    fromMs: 0,
    toMs: 0,
    alerts: 0,
    perDay: [{ day: '', count: 0 }],
    hosts: [{ host: '', count: 0 }],
    scripts: [{ script: '', count: 0 }],
    examples: [{ atMs: 0, script: '', severity: 0, title: '', text: '', about: '' }],
    notes: [''],
  },
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
  pluginPage: { ok: true, text: '' },
  pluginSeries: {
    series: [{ id: '', plugin: '', schema: '', tags: {}, metrics: [''], step: 0, counter: true, points: 0, lastMs: 0 }],
  },
  pluginPoints: { times: [0], values: [[null]] },
  pluginRecipients: { items: [{ id: 0, waiting: 0, sent: 0, dropped: 0, failures: 0, last: '' }] },
  tryRecipient: { ok: true, text: '' },
};

export const isTopic = (value: unknown): value is Topic => typeof value === 'string' && Object.hasOwn(ANSWERS, value);
