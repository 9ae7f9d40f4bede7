// What the runtime must know again after the kubelet was killed: one small JSON file a sandbox and a container, written
// before anything is made for it, so that nothing can be left behind that no record names.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export class Records<T extends { id: string }> {
  readonly #directory: string
  readonly #all = new Map<string, T>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Where everything of this record lies; removed with it. */
  directory(id: string): string {
    return join(this.#directory, id)
  }

  get(id: string): T | undefined {
    return this.#all.get(id)
  }

  all(): T[] {
    return [...this.#all.values()]
  }

  /** Reads what is on disk; answers the ids of directories whose record was never finished. */
  async load(): Promise<string[]> {
    await mkdir(this.#directory, { recursive: true, mode: 0o711 })
    this.#all.clear()
    const ids = await readdir(this.#directory)
    const torn = await Promise.all(ids.map(async id => ((await this.#read(id)) ? [] : [id])))
    return torn.flat()
  }

  async #read(id: string): Promise<boolean> {
    try {
      this.#all.set(id, JSON.parse(await readFile(join(this.directory(id), 'record.json'), 'utf8')))
      return true
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
  }

  async put(record: T): Promise<void> {
    const directory = this.directory(record.id)
    await mkdir(directory, { recursive: true, mode: 0o711 })
    const path = join(directory, 'record.json')
    // Environments hold secrets: for root alone. A name of its own, since two may write at once.
    const fresh = `${path}.${counter++}`
    await writeFile(fresh, JSON.stringify(record), { mode: 0o600 })
    await rename(fresh, path)
    this.#all.set(record.id, record)
  }

  /** The directory must hold no mounts any more. */
  async remove(id: string): Promise<void> {
    await rm(this.directory(id), { recursive: true, force: true })
    this.#all.delete(id)
  }
}

let counter = 0
