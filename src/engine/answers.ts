/** The engine's answers to the appliance's questions: a handler for each topic of link/topics.ts. */
import type { Answer, Args, Topic } from '../link/topics.ts';

type Handler = (args: unknown) => unknown;

/** Reply to a question: the value, or a sentence that says why there is none. */
export type Reply = { ok: true; value: unknown } | { ok: false; error: string };

export class Answers {
  readonly #handlers = new Map<Topic, Handler>();

  /** Registers the handler of a topic. It may throw or reject: the message becomes the answer's error. */
  on<T extends Topic>(topic: T, handler: (args: Args<T>) => Answer<T> | Promise<Answer<T>>): void {
    this.#handlers.set(topic, handler as Handler);
  }

  async answer(topic: Topic, args: unknown): Promise<Reply> {
    const handler = this.#handlers.get(topic);
    if (!handler) return { ok: false, error: `the engine does not answer ${topic}` };
    try {
      return { ok: true, value: await handler(args) };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }
}
