import { expect, test } from '@jest/globals'
import { jsonPath } from './json-path.ts'

const pod = {
  metadata: { name: 'web', annotations: { 'example.com/name': 'x' }, labels: { app: 'web' } },
  spec: {
    replicas: 3,
    containers: [
      { name: 'a', image: 'one', ready: true },
      { name: 'b', image: 'two' },
    ],
  },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', weight: 2 },
      { type: 'Done', status: 'False', weight: 1 },
    ],
  },
}

test.each<[string, unknown[]]>([
  ['.metadata.name', ['web']],
  ['metadata.name', ['web']],
  ['$.metadata.name', ['web']],
  ['.spec.replicas', [3]],
  ['.spec.missing.deeper', []],
  ['.spec.containers[0].name', ['a']],
  ['.spec.containers[-1].name', ['b']],
  ['.spec.containers[9].name', []],
  ['.spec.containers[*].image', ['one', 'two']],
  ['.spec.containers[0:1].name', ['a']],
  ['.spec.containers[1:].name', ['b']],
  ['.spec.containers[0,1].name', ['a', 'b']],
  ['.metadata.annotations.example\\.com/name', ['x']],
  [".metadata['name']", ['web']],
  ['.metadata["name"]', ['web']],
  [".metadata['name', 'labels']", ['web', { app: 'web' }]],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.type == 'Done')].status", ['False']],
  ['.status.conditions[?(@.type!="Ready")].status', ['False']],
  ['.status.conditions[?(@.weight>1)].type', ['Ready']],
  ['.status.conditions[?(@.weight<=1)].type', ['Done']],
  ['.spec.containers[?(@.ready)].name', ['a']],
  ['.spec.containers[?(@.ready==true)].name', ['a']],
  ['..image', ['one', 'two']],
  ['.metadata.labels.*', ['web']],
  ['.metadata.constructor', []],
  ['.', [pod]],
])('%s', (path, found) => expect(jsonPath(path)(pod)).toEqual(found))

test.each(['.spec[', '.spec.containers[x]', '.a b', '.spec[]'])('%s is no path', path => {
  expect(() => jsonPath(path)).toThrow(SyntaxError)
})

test('what multiplies is given up, and what is only long is not', () => {
  const deep = Array.from({ length: 15 }).reduce<object>(inner => ({ a: inner, b: 1 }), { a: 1 })
  const wide = { list: Array.from({ length: 5000 }, (_, i) => ({ name: `n${i}` })) }
  expect(jsonPath(`${'.'.repeat(24)}a`)(deep)).toEqual([])
  expect(jsonPath(`.list${'[0,0,0,0]'.repeat(3)}`)({ list: [[[1]]] })).toHaveLength(64)
  expect(jsonPath(`${'[*,*,*,*]'.repeat(15)}`)(deep)).toEqual([])
  expect(jsonPath('..[?(@..[?(@..[?(@..z)])])]')(wide)).toEqual([])
  expect(jsonPath('.list[*].name')(wide)).toHaveLength(5000)
  expect(() => jsonPath(`.a[${"'b',".repeat(50_000)}`)).toThrow(SyntaxError)
})
