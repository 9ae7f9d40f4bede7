// YAML in and out, with the rules of YAML 1.1, so that `0644` and `yes` mean what they mean to Go's parser. Loaded only
// when somebody speaks YAML.

import { parse, stringify } from 'yaml'

const options = { version: '1.1', schema: 'yaml-1.1', merge: true } as const

/** Throws the parser's error. Aliases are bounded, so that a small document cannot become a large one. */
export function parseYaml(text: string): unknown {
  return parse(text, { ...options, maxAliasCount: 100, uniqueKeys: false })
}

export function stringifyYaml(value: unknown): string {
  return stringify(value, { ...options, aliasDuplicateObjects: false, lineWidth: 0 })
}
