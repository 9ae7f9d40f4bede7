// What strict reading says, as warnings: YAML's parser tells all in one text, a line for each.

const introductions = ['yaml: unmarshal errors:\n', 'error converting YAML to JSON: yaml: unmarshal errors:\n']

/** More than fit into the headers of an answer. */
const maxWarnings = 1000

export function strictWarnings(problem: string): string[] {
  const introduction = introductions.find(text => problem.startsWith(text))
  if (introduction === undefined) return [problem]
  return problem
    .slice(introduction.length)
    .split('\n', maxWarnings)
    .map(line => line.trim())
}
