import { describe, expect, test } from '@jest/globals'
import fastJsonPatch, { type Operation } from 'fast-json-patch'
import { type Json, PatchError } from './json.ts'
import { type JsonPatchOperation, jsonPatch, parseJsonPatch } from './json-patch.ts'

describe('JSON patch', () => {
  const cases: [what: string, document: Json, patch: JsonPatchOperation[], result: Json][] = [
    ['add a member', {}, [{ op: 'add', path: '/a', value: 1 }], { a: 1 }],
    ['add null', {}, [{ op: 'add', path: '/a', value: null }], { a: null }],
    ['add to a list', [1, 3], [{ op: 'add', path: '/1', value: 2 }], [1, 2, 3]],
    ['append', [1], [{ op: 'add', path: '/-', value: 2 }], [1, 2]],
    ['count from the end', [1, 2, 3], [{ op: 'remove', path: '/-1' }], [1, 2]],
    ['replace the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    ['replace what is not there', {}, [{ op: 'replace', path: '/a', value: 1 }], { a: 1 }],
    ['append with a negative place', [1], [{ op: 'add', path: '/-1', value: 2 }], [1, 2]],
    ['test for absence', {}, [{ op: 'test', path: '/a', value: null }], {}],
    ['remove', { a: { b: 1, c: 2 } }, [{ op: 'remove', path: '/a/b' }], { a: { c: 2 } }],
    ['move', { a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
    ['copy', { a: [1] }, [{ op: 'copy', from: '/a', path: '/b' }], { a: [1], b: [1] }],
    ['test holds', { a: [1, { b: 2 }] }, [{ op: 'test', path: '/a', value: [1, { b: 2 }] }], { a: [1, { b: 2 }] }],
    [
      'escapes',
      { 'a/b': 1, 'c~d': 2 },
      [
        { op: 'remove', path: '/a~1b' },
        { op: 'remove', path: '/c~0d' },
      ],
      {},
    ],
  ]
  test.each(cases)('%s', (_what, document, patch, result) => {
    const before = structuredClone(document)
    expect(jsonPatch(document, patch)).toEqual(result)
    expect(document).toEqual(before)
  })

  const failures: [document: Json, operation: JsonPatchOperation, text: string][] = [
    [
      {},
      { op: 'add', path: '/a/b', value: 1 },
      'add operation does not apply: doc is missing path: "/a/b": missing value',
    ],
    [
      {},
      { op: 'remove', path: '/a' },
      "error in remove for path: '/a': Unable to remove nonexistent key: a: missing value",
    ],
    [
      [1],
      { op: 'replace', path: '/1', value: 1 },
      'replace operation does not apply: doc is missing key: /1: missing value',
    ],
    [{}, { op: 'replace', path: '', value: 1 }, 'replace operation value must be object or array: %!w(<nil>)'],
    [
      [1],
      { op: 'add', path: '/x', value: 2 },
      "error in add for path: '/x': value was not a proper array index: 'x': strconv.Atoi: parsing \"x\": invalid syntax",
    ],
    [
      {},
      { op: 'move', from: '/a', path: '/b' },
      "error in move for path: 'a': Unable to remove nonexistent key: a: missing value",
    ],
    [
      {},
      { op: 'copy', from: '', path: '/b' },
      'copy operation does not apply: doc is missing from path: : missing value',
    ],
    [[1], { op: 'test', path: '/1', value: 1 }, "error in test for path: '/1': Unable to access invalid index: 1"],
    [{ a: 1 }, { op: 'test', path: '/a', value: 2 }, 'testing value /a failed: test failed'],
    [{}, { op: 'add' } as JsonPatchOperation, 'add operation failed to decode path: missing value'],
    [
      {},
      { op: 'test' } as JsonPatchOperation,
      'test operation failed to decode path: operation missing path field: missing value',
    ],
    [
      [1],
      { op: 'add', path: '/3', value: 2 },
      "error in add for path: '/3': Unable to access invalid index: 3: invalid index referenced",
    ],
    [{}, { op: 'paint', path: '/a' }, 'Unexpected kind: paint'],
  ]
  test.each(failures)('%j, %j fails', (document, operation, text) => {
    expect(() => jsonPatch(document, [operation])).toThrow(text)
  })

  test('a document that is no list is refused', () => {
    expect(() => parseJsonPatch({ op: 'add' })).toThrow(
      'json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    )
  })

  test('__proto__ is a member like any other', () => {
    const result = jsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }])
    expect(Object.keys(result as object)).toEqual(['__proto__'])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('agrees with another implementation on random documents', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomNumbers(seed)
      const [before, after] = [randomValue(random, 3), randomValue(random, 3)]
      const patch = fastJsonPatch.compare({ x: before }, { x: after }) as JsonPatchOperation[]
      expect(jsonPatch({ x: before }, patch)).toEqual({ x: after })
    }
  })

  test('agrees with another implementation on random operations', () => {
    const seeds = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: 500 }, (_, i) => i + 1)
    for (const seed of seeds) {
      const random = randomNumbers(seed)
      let document: Json = { x: randomValue(random, 3), y: randomValue(random, 2) }
      for (let step = 0; step < 6 && pointers(document).length > 0; step++) {
        const operation = randomOperation(random, document)
        const expected = other(document, operation)
        const actual = ours(document, operation)
        if (JSON.stringify(sortedJson(actual)) !== JSON.stringify(sortedJson(expected))) {
          expect({ seed, document, operation, actual }).toEqual({ seed, document, operation, actual: expected })
        }
        document = actual ?? document
      }
    }
  })
})

/** undefined: refused. */
function ours(document: Json, operation: JsonPatchOperation): Json | undefined {
  try {
    return jsonPatch(document, [operation])
  } catch (error) {
    if (error instanceof PatchError) return undefined
    throw error
  }
}

function other(document: Json, operation: JsonPatchOperation): Json | undefined {
  try {
    return fastJsonPatch.applyPatch(structuredClone(document), [structuredClone(operation) as Operation], true)
      .newDocument as Json
  } catch {
    return undefined
  }
}

function sortedJson(value: Json | undefined): Json {
  if (Array.isArray(value)) return value.map(sortedJson)
  if (typeof value !== 'object' || value === null) return value ?? null
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, sortedJson(value[key])]),
  )
}

/** Below the root, where the two differ in what they allow. */
function pointers(value: Json, at = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  const names = Array.isArray(value) ? value.map((_, i) => `${i}`) : Object.keys(value)
  return names.flatMap(name => {
    const here = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const member = Array.isArray(value) ? value[Number(name)] : value[name]
    return [here, ...pointers(member ?? null, here)]
  })
}

function valueAt(document: Json, pointer: string): Json {
  return fastJsonPatch.getValueByPointer(document, pointer) as Json
}

function randomOperation(random: () => number, document: Json): JsonPatchOperation {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
  const op = pick(['add', 'remove', 'replace', 'move', 'copy', 'test'])
  const there = pointers(document)
  const path = pick(there)
  const containers = ['', ...there.filter(each => typeof valueAt(document, each) === 'object')]
  const parent = pick(containers)
  const list = parent === '' ? undefined : valueAt(document, parent)
  const size = Array.isArray(list) ? list.length : 0
  // The other one lets move and copy write behind the end.
  const places = op === 'add' ? 2 : 1
  const target = `${parent}/${Array.isArray(list) ? pick(['-', `${Math.floor(random() * (size + places))}`]) : pick(['a', 'new', 'b~1'])}`
  const value = random() > 0.5 ? valueAt(document, path) : randomValue(random, 2)
  if (op === 'add') return { op, path: target, value }
  if (op === 'remove') return { op, path }
  if (op === 'replace' || op === 'test') return { op, path, value }
  // What is moved into itself, or within its own list, is another matter.
  const from = pick(there.filter(each => !target.startsWith(`${each}/`) && !target.startsWith(parentOf(each))))
  return from === undefined ? { op: 'test', path, value } : { op, from, path: target }
}

const parentOf = (pointer: string) => pointer.slice(0, pointer.lastIndexOf('/') + 1)

function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648
    return state / 2147483648
  }
}

function randomValue(random: () => number, depth: number): Json {
  const kind = Math.floor(random() * (depth > 0 ? 5 : 3))
  if (kind === 0) return Math.floor(random() * 10)
  if (kind === 1) return ['x', 'a/b', 'c~d'][Math.floor(random() * 3)] ?? ''
  if (kind === 2) return random() > 0.5
  const members = Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, depth - 1))
  if (kind === 3) return members
  return Object.fromEntries(members.map((value, i) => [['a', 'b/', 'c~', 'd'][i] ?? '', value]))
}
