// Two values as pretty JSON, and how one becomes the other: the unified diff that messages about forbidden changes carry.

const context = 3

type Edit = ' ' | '-' | '+'
interface Line {
  edit: Edit
  text: string
  /** Where it stands on either side, from 0. */
  from: number
  to: number
}

/** '' when they are the same. One space a level, as upstream's. */
export function jsonDiff(before: unknown, after: unknown): string {
  return unifiedDiff(JSON.stringify(before, null, 1), JSON.stringify(after, null, 1))
}

export function unifiedDiff(before: string, after: string): string {
  const lines = edits(before.split('\n'), after.split('\n'))
  return hunks(lines).map(printHunk).join('')
}

/** Along a longest common subsequence. The texts are small: one part of one object. */
function edits(from: string[], to: string[]): Line[] {
  const common = commonLengths(from, to)
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      lines.push({ edit: ' ', text: from[i] ?? '', from: i++, to: j++ })
    } else if (j >= to.length || (i < from.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      lines.push({ edit: '-', text: from[i] ?? '', from: i++, to: j })
    } else {
      lines.push({ edit: '+', text: to[j] ?? '', from: i, to: j++ })
    }
  }
  return lines
}

/** How long the longest common subsequence of what follows is, for each pair of places. */
function commonLengths(from: string[], to: string[]): number[][] {
  const lengths = Array.from({ length: from.length + 1 }, () => Array<number>(to.length + 1).fill(0))
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[]
      const below = lengths[i + 1] as number[]
      row[j] = from[i] === to[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return lengths
}

/** Changes with three lines around; those that are near each other stand together. */
function hunks(lines: Line[]): Line[][] {
  const found: Line[][] = []
  let end = -1
  for (const [at, line] of lines.entries()) {
    if (line.edit === ' ') continue
    const start = Math.max(at - context, end)
    const stop = Math.min(at + context + 1, lines.length)
    if (start <= end && found.length > 0) found.at(-1)?.push(...lines.slice(end, stop))
    else found.push(lines.slice(Math.max(start, 0), stop))
    end = stop
  }
  return found
}

function printHunk(lines: Line[]): string {
  const [first] = lines
  const range = (start: number, edit: Edit) => {
    const count = lines.filter(line => line.edit === ' ' || line.edit === edit).length
    if (count === 1) return `${start + 1}`
    return `${count === 0 ? start : start + 1},${count}`
  }
  const head = `@@ -${range(first?.from ?? 0, '-')} +${range(first?.to ?? 0, '+')} @@\n`
  return head + lines.map(({ edit, text }) => `${edit}${text}\n`).join('')
}
