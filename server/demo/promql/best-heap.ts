interface Entry {
  readonly index: number;
  readonly value: number;
}

/** The best `limit` values seen, worst on top: Go's container/heap, step by step, because ties depend on its moves. */
export class BestHeap {
  readonly #limit: number;
  readonly #isTop: boolean;
  #entries: Entry[] = [];

  constructor(limit: number, isTop: boolean) {
    this.#limit = limit;
    this.#isTop = isTop;
  }

  offer(entry: Entry): void {
    const worst = this.#entries[0];
    if (worst !== undefined && this.#entries.length >= this.#limit) {
      const isBetter = this.#isTop ? worst.value < entry.value : worst.value > entry.value;
      if (!isBetter && !Number.isNaN(worst.value)) return;
      if (this.#limit === 1) {
        this.#entries[0] = entry;
        return;
      }
      this.#pop();
    }
    this.#entries.push(entry);
    this.#up(this.#entries.length - 1);
  }

  bestFirst(): readonly Entry[] {
    return this.#entries.toSorted((a, b) => Number(this.#isWorse(a, b)) - Number(this.#isWorse(b, a)));
  }

  #isWorse(a: Entry, b: Entry): boolean {
    if (Number.isNaN(a.value)) return true;
    return this.#isTop ? a.value < b.value : a.value > b.value;
  }

  #isWorseAt(a: number, b: number): boolean {
    const [left, right] = [this.#entries[a], this.#entries[b]];
    return left !== undefined && right !== undefined && this.#isWorse(left, right);
  }

  #swap(a: number, b: number): void {
    const [left, right] = [this.#entries[a], this.#entries[b]];
    if (left === undefined || right === undefined) return;
    this.#entries[a] = right;
    this.#entries[b] = left;
  }

  #pop(): void {
    const last = this.#entries.length - 1;
    this.#swap(0, last);
    this.#down(last);
    this.#entries.pop();
  }

  #up(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorseAt(at, parent)) return;
      this.#swap(parent, at);
      at = parent;
    }
  }

  #down(size: number): void {
    for (let at = 0; 2 * at + 1 < size; ) {
      let child = 2 * at + 1;
      if (child + 1 < size && this.#isWorseAt(child + 1, child)) child += 1;
      if (!this.#isWorseAt(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }
}
