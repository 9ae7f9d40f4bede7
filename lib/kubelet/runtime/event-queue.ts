// Values pushed from one side, iterated over on the other, in order; ends when closed.

export class EventQueue<T> implements AsyncIterable<T> {
  readonly #values: T[] = []
  #wake = Promise.withResolvers<void>()
  #closed = false

  push(value: T): void {
    this.#values.push(value)
    this.#wake.resolve()
  }

  close(): void {
    this.#closed = true
    this.#wake.resolve()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (true) {
      while (this.#values.length > 0) yield this.#values.shift() as T
      if (this.#closed) return
      await this.#wake.promise
      this.#wake = Promise.withResolvers()
    }
  }
}
