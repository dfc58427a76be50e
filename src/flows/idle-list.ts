/** Rows in the order in which they fell idle: a doubly linked list in one array, constant time for everything. */
export class IdleList {
  /** Next and previous of each row; -1 at the ends, OUT for a row that is not in the list. */
  readonly #links: Int32Array;
  #first = -1;
  #last = -1;

  constructor(limit: number) {
    this.#links = new Int32Array(limit * 2).fill(OUT);
  }

  /** The row that has been idle longest, or -1. */
  get first(): number {
    return this.#first;
  }

  /** Puts a row at the end; one that stands elsewhere is moved there. */
  add(row: number): void {
    this.take(row);
    const links = this.#links;
    links[row * 2] = -1;
    links[row * 2 + 1] = this.#last;
    if (this.#last >= 0) links[this.#last * 2] = row;
    else this.#first = row;
    this.#last = row;
  }

  /** Takes a row out; nothing when it is not in. */
  take(row: number): void {
    const links = this.#links;
    const next = links[row * 2]!;
    if (next === OUT) return;
    const previous = links[row * 2 + 1]!;
    if (previous >= 0) links[previous * 2] = next;
    else this.#first = next;
    if (next >= 0) links[next * 2 + 1] = previous;
    else this.#last = previous;
    links[row * 2] = OUT;
  }
}

const OUT = -2;
