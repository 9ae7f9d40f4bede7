// Where the figures go: a line for people, and a member of bench/results.json.

export const results: Record<string, unknown> = {}

export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
