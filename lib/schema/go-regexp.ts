// Patterns as Go's regexp package runs them: in a time that grows with the text and no faster, whatever the pattern. All
// ways through it are followed side by side (Thompson's construction), for JavaScript's own engine, which tries one after
// the other, can be kept busy for minutes by a short text. Only whether a text matches is asked, never where.

import { type Assertion, type Node, PatternError, parsePattern } from './go-regexp-syntax.ts'

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
  | { op: 'char'; matches: (char: string) => boolean; next: number }
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
    const chars = [...text]
    let active: number[] = []
    for (let at = 0; at <= chars.length; at++) {
      const waiting: number[] = []
      this.#nextRound()
      const around = { before: chars[at - 1], after: chars[at] }
      const previous = around.before
      for (const index of active) {
        const step = this.#steps[index]
        const isTaken = step?.op === 'char' && previous !== undefined && step.matches(previous)
        if (isTaken && this.#follow(step.next, around, waiting)) return true
      }
      // A match may begin here, too.
      if (this.#follow(this.#start, around, waiting)) return true
      active = waiting
    }
    return false
  }

  #nextRound(): void {
    if (++this.#round < 0xffffffff) return
    this.#seen.fill(0)
    this.#round = 1
  }

  /** Goes as far as no character is needed, collects where one is; true when the end is reached. */
  #follow(from: number, around: Around, waiting: number[]): boolean {
    const open = [from]
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (this.#seen[index] === this.#round) continue
      this.#seen[index] = this.#round
      const step = this.#steps[index]
      if (!step || step.op === 'match') return true
      if (step.op === 'char') waiting.push(index)
      else if (step.op === 'split') open.push(step.other, step.next)
      else if (holds(step.assertion, around)) open.push(step.next)
    }
    return false
  }
}

interface Around {
  /** undefined at the beginning, and at the end, of the text. */
  before: string | undefined
  after: string | undefined
}

function holds(assertion: Assertion, { before, after }: Around): boolean {
  switch (assertion) {
    case 'begin':
      return before === undefined
    case 'end':
      return after === undefined
    case 'beginLine':
      return before === undefined || before === '\n'
    case 'endLine':
      return after === undefined || after === '\n'
    case 'word':
      return isWord(before) !== isWord(after)
    default:
      return isWord(before) === isWord(after)
  }
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /^[0-9A-Za-z_]$/.test(char)
}
