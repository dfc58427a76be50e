/** The best few of many: a heap of a fixed size, so that ranking fifty thousand makes no list of fifty thousand. */
export class Best<T> {
  readonly #limit: number;
  readonly #ranks: number[] = [];
  readonly #items: T[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes an item in when it is among the best so far; true when it was. Of equals the first stays. */
  add(rank: number, item: T): boolean {
    const ranks = this.#ranks;
    if (ranks.length < this.#limit) {
      ranks.push(rank);
      this.#items.push(item);
      this.#up(ranks.length - 1);
      return true;
    }
    if (ranks.length === 0 || rank <= ranks[0]!) return false;
    ranks[0] = rank;
    this.#items[0] = item;
    this.#down();
    return true;
  }

  /** Best first. */
  sorted(): T[] {
    const order = this.#ranks.map((rank, i) => ({ rank, i })).sort((a, b) => b.rank - a.rank);
    return order.map(({ i }) => this.#items[i]!);
  }

  #swap(a: number, b: number): void {
    const [ranks, items] = [this.#ranks, this.#items];
    [ranks[a], ranks[b]] = [ranks[b]!, ranks[a]!];
    [items[a], items[b]] = [items[b]!, items[a]!];
  }

  #up(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#ranks[parent]! <= this.#ranks[at]!) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(): void {
    const { length } = this.#ranks;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      let least = at;
      if (left < length && this.#ranks[left]! < this.#ranks[least]!) least = left;
      if (left + 1 < length && this.#ranks[left + 1]! < this.#ranks[least]!) least = left + 1;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }
}
