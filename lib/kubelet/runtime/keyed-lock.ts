// One at a time for each key: work on a container waits for other work on the same container.

export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>()

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key)
    const { promise: mine, resolve: done } = Promise.withResolvers<void>()
    this.#tails.set(key, mine)
    try {
      await before
      return await work()
    } finally {
      done()
      if (this.#tails.get(key) === mine) this.#tails.delete(key)
    }
  }
}
