// What was made last is kept, up to a bound; what was made before that is let go, and made again when it is asked for.

export interface Forgettable {
  /** What keeping it costs, in any unit. */
  readonly cost: number
  forget(): void
}

export class Recent {
  readonly #maxCost: number
  #kept: Forgettable[] = []
  #start = 0
  #cost = 0

  constructor(maxCost: number) {
    this.#maxCost = maxCost
  }

  /** Something just made; what is over the bound is told to forget, the oldest first. */
  add(made: Forgettable): void {
    this.#kept.push(made)
    this.#cost += made.cost
    while (this.#cost > this.#maxCost && this.#start < this.#kept.length - 1) this.#forgetOldest()
    if (this.#start * 2 <= this.#kept.length) return
    this.#kept = this.#kept.slice(this.#start)
    this.#start = 0
  }

  #forgetOldest(): void {
    const oldest = this.#kept[this.#start++]
    if (!oldest) return
    this.#cost -= oldest.cost
    oldest.forget()
  }
}
