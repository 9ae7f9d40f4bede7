// Patterns as Go's regexp package runs them: in a time that grows with the text and no faster, whatever the pattern. All
// ways through it are followed side by side (Thompson's construction), for JavaScript's own engine, which tries one after
// the other, can be kept busy for minutes by a short text. Only whether a text matches is asked, never where.

import { type Assertion, type CharTest, type Node, PatternError, parsePattern } from './go-regexp-syntax.ts'

export { PatternError } from './go-regexp-syntax.ts'

export interface GoRegExp {
  /** Is there a match anywhere in the text? */
  test(text: string): boolean
}

const compiled = new Map<string, GoRegExp>()
const maxCompiled = 1000

/** Throws PatternError. */
export function goRegExp(pattern: string): GoRegExp {
  const known = compiled.get(pattern)
  if (known) return known
  const program = new Program(parsePattern(pattern))
  if (compiled.size >= maxCompiled) compiled.clear()
  compiled.set(pattern, program)
  return program
}

type Step =
  | { op: 'char'; matches: CharTest; next: number }
  | { op: 'assert'; assertion: Assertion; next: number }
  | { op: 'split'; next: number; other: number }
  | { op: 'match' }

/** Counted repetitions in repetitions multiply. */
const maxSteps = 20_000

class Program implements GoRegExp {
  readonly #steps: Step[] = []
  readonly #start: number
  /** The round in which a step was last followed. */
  readonly #seen: Uint32Array
  #round = 0
  /** Steps to follow; kept, so that none is made for each character. */
  readonly #open: number[] = []

  constructor(node: Node) {
    this.#start = this.#emit(node, this.#push({ op: 'match' }))
    this.#seen = new Uint32Array(this.#steps.length)
  }

  #push(step: Step): number {
    if (this.#steps.length >= maxSteps) throw new PatternError('expression too large')
    return this.#steps.push(step) - 1
  }

  /** Answers where the node begins, which goes on at `next`. */
  #emit(node: Node, next: number): number {
    switch (node.type) {
      case 'char':
        return this.#push({ op: 'char', matches: node.matches, next })
      case 'assert':
        return this.#push({ op: 'assert', assertion: node.assertion, next })
      case 'concat':
        return node.nodes.reduceRight((behind, part) => this.#emit(part, behind), next)
      case 'alternate':
        return node.nodes
          .map(part => this.#emit(part, next))
          .reduceRight((other, start) => this.#push({ op: 'split', next: start, other }))
      default:
        return this.#emitRepeat(node, next)
    }
  }

  #emitRepeat({ node, min, max }: Node & { type: 'repeat' }, next: number): number {
    let start = next
    if (max === undefined) {
      const loop: Step & { op: 'split' } = { op: 'split', next, other: next }
      start = this.#push(loop)
      loop.next = this.#emit(node, start)
    } else {
      for (let i = min; i < max; i++) start = this.#push({ op: 'split', next: this.#emit(node, start), other: next })
    }
    for (let i = 0; i < min; i++) start = this.#emit(node, start)
    return start
  }

  test(text: string): boolean {
    let active: number[] = []
    let waiting: number[] = []
    let before = none
    for (let at = 0; ; at += before > 0xffff ? 2 : 1) {
      const after = text.codePointAt(at) ?? none
      this.#nextRound()
      waiting.length = 0
      for (const index of active) {
        const step = this.#steps[index] as Step & { op: 'char' }
        if (step.matches(before) && this.#follow(step.next, before, after, waiting)) return true
      }
      // A match may begin here, too.
      if (this.#follow(this.#start, before, after, waiting)) return true
      if (after === none) return false
      const done = active
      active = waiting
      waiting = done
      before = after
    }
  }

  #nextRound(): void {
    if (++this.#round < 0xffffffff) return
    this.#seen.fill(0)
    this.#round = 1
  }

  /** Goes as far as no character is needed, collects where one is; true when the end is reached. */
  #follow(from: number, before: number, after: number, waiting: number[]): boolean {
    const steps = this.#steps
    const seen = this.#seen
    const round = this.#round
    const open = this.#open
    open.length = 0
    open.push(from)
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (seen[index] === round) continue
      seen[index] = round
      const step = steps[index]
      if (!step || step.op === 'match') return true
      if (step.op === 'char') waiting.push(index)
      else if (step.op === 'split') open.push(step.other, step.next)
      else if (holds(step.assertion, before, after)) open.push(step.next)
    }
    return false
  }
}

/** Before the beginning, and behind the end, of the text. */
const none = -1
const lineFeed = 0x0a

function holds(assertion: Assertion, before: number, after: number): boolean {
  switch (assertion) {
    case 'begin':
      return before === none
    case 'end':
      return after === none
    case 'beginLine':
      return before === none || before === lineFeed
    case 'endLine':
      return after === none || after === lineFeed
    case 'word':
      return isWord(before) !== isWord(after)
    default:
      return isWord(before) === isWord(after)
  }
}

function isWord(code: number): boolean {
  return code !== none && /^[0-9A-Za-z_]$/.test(String.fromCodePoint(code))
}
