// What strict reading says, as warnings: YAML's parser tells all in one text, a line for each.

const introductions = ['yaml: unmarshal errors:\n', 'error converting YAML to JSON: yaml: unmarshal errors:\n']

export function strictWarnings(problem: string): string[] {
  const introduction = introductions.find(text => problem.startsWith(text))
  if (introduction === undefined) return [problem]
  return problem
    .slice(introduction.length)
    .split('\n')
    .map(line => line.trim())
}
