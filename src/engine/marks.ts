/** What plugins said of flows: names of statuses and the score, kept while the flow is in the table or was of late. */

export interface Mark {
  statuses: string[];
  score: number;
}

/** Statuses of one flow; 4.2 has 64 bits. */
const MAX_STATUSES = 64;

export class Marks {
  readonly #limit: number;
  readonly #byFlow = new Map<number, Mark>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(flowId: number, name: string, score: number): void {
    let mark = this.#byFlow.get(flowId);
    if (!mark) {
      if (this.#byFlow.size >= this.#limit) {
        const oldest = this.#byFlow.keys().next();
        if (!oldest.done) this.#byFlow.delete(oldest.value);
      }
      mark = { statuses: [], score: 0 };
      this.#byFlow.set(flowId, mark);
    }
    mark.score += score;
    if (!mark.statuses.includes(name) && mark.statuses.length < MAX_STATUSES) mark.statuses.push(name);
  }

  get(flowId: number): Mark | undefined {
    return this.#byFlow.get(flowId);
  }

  get size(): number {
    return this.#byFlow.size;
  }
}
