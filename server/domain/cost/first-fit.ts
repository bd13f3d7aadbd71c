/**
 * Finds the first place in a fixed order that has room for a pod, in steps that grow with the logarithm of the number of places:
 * a tree over the order whose nodes know the largest free amounts below them.
 */
export class FirstFit {
  readonly #size: number;
  readonly #cpu: Float64Array;
  readonly #memory: Float64Array;
  readonly #count: Float64Array;

  constructor(length: number) {
    let size = 1;
    while (size < Math.max(1, length)) size *= 2;
    this.#size = size;
    this.#cpu = new Float64Array(size * 2).fill(-Infinity);
    this.#memory = new Float64Array(size * 2).fill(-Infinity);
    this.#count = new Float64Array(size * 2).fill(-Infinity);
  }

  /** Free amounts of a place; −∞ takes it out. */
  set(index: number, cpu: number, memory: number, count: number): void {
    let at = this.#size + index;
    this.#cpu[at] = cpu;
    this.#memory[at] = memory;
    this.#count[at] = count;
    for (at >>= 1; at >= 1; at >>= 1) {
      for (const amounts of [this.#cpu, this.#memory, this.#count])
        amounts[at] = Math.max(amounts[at * 2] ?? -Infinity, amounts[at * 2 + 1] ?? -Infinity);
    }
  }

  /** The first place with room for one pod of this size; −1 = none. */
  find(cpu: number, memory: number): number {
    const search = (at: number): number => {
      if ((this.#cpu[at] ?? 0) < cpu || (this.#memory[at] ?? 0) < memory || (this.#count[at] ?? 0) < 1) return -1;
      if (at >= this.#size) return at - this.#size;
      // The largest of each amount may lie in different places, so the left half can still fail below.
      const left = search(at * 2);
      return left >= 0 ? left : search(at * 2 + 1);
    };
    return search(1);
  }
}
