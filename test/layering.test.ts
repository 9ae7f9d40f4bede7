// Who may import whom, and that every file of an index folder is listed: the map in lib/README.md, held by a test.

import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const root = resolve(import.meta.dirname, '..')

const base = ['client', 'kinds', 'api', 'util']
const allowed: Record<string, string[]> = {
  util: [],
  schema: ['util'],
  api: ['schema', 'util'],
  kinds: ['api', 'schema', 'cel', 'util'],
  storage: ['kinds', 'api', 'schema', 'util'],
  client: ['kinds', 'api', 'util'],
  patch: ['api', 'schema', 'util'],
  pki: ['util'],
  cel: ['schema', 'util'],
  controller: base,
  controllers: ['controller', ...base],
  scheduler: base,
  kubelet: ['pki', ...base],
  proxy: base,
  dns: base,
  metrics: base,
  cloud: ['controller', ...base],
  apiserver: ['storage', 'client', 'patch', 'pki', 'cel', 'kinds', 'schema', 'api', 'util'],
  supervisor: ['pki', 'util'],
}

const files = globSync('{cmd,lib,test,deploy}/**/*.ts', { cwd: root })

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(match => match[1] ?? '')
  return specifiers.map(specifier => relative(root, resolve(root, dirname(file), specifier)))
}

const roomOf = (path: string) => (path.startsWith('lib/') ? path.split('/')[1] : path.split('/')[0]) ?? ''
const isTest = (path: string) => /\.test\.ts$|-contract\.ts$|contract\.ts$/.test(path)

describe('imports', () => {
  test('a room imports only the rooms below it', () => {
    const wrong = files
      .filter(file => file.startsWith('lib/') && !isTest(file))
      .flatMap(file =>
        importsOf(file)
          .filter(target => roomOf(target) !== roomOf(file) && !allowed[roomOf(file)]?.includes(roomOf(target)))
          .map(target => `${file} → ${target}`),
      )
    expect(wrong).toEqual([])
  })

  test('nothing imports cmd', () => {
    const wrong = files.filter(file => importsOf(file).some(target => target.startsWith('cmd/')))
    expect(wrong).toEqual([])
  })

  test('there is no circle among files, types aside', () => {
    const graph = new Map(files.map(file => [file, valueImportsOf(file)]))
    expect(circleIn(graph)).toBeUndefined()
  })
})

function valueImportsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const statements = [...text.matchAll(/^(?:import|export)\s(?!type\s)[^;'"]*?from\s+'(\.[^']+)'/gm)]
  return statements.map(match => relative(root, resolve(root, dirname(file), match[1] ?? '')))
}

function circleIn(graph: Map<string, string[]>): string | undefined {
  const done = new Set<string>()
  const visit = (file: string, path: string[]): string | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' → ')
    if (done.has(file)) return undefined
    for (const next of graph.get(file) ?? []) {
      const found = visit(next, [...path, file])
      if (found) return found
    }
    done.add(file)
    return undefined
  }
  for (const file of graph.keys()) {
    const found = visit(file, [])
    if (found) return found
  }
  return undefined
}

/** Folders in which adding one thing is one new file and one line in index.ts; then what others begin with, beside it. */
const indexed: [folder: string, ...others: string[]][] = [
  // Custom kinds are made while the server runs.
  ['lib/kinds', 'apiextensions/custom-kind.ts', 'apiextensions/crd-conditions.ts'],
  ['lib/controllers'],
  ['lib/apiserver/admission'],
  ['lib/scheduler/plugins'],
  ['lib/kubelet/volumes'],
]

describe.each(indexed)('%s', (folder, ...others) => {
  test('index.ts leads to every file', () => {
    const entries = ['index.ts', ...others].map(file => `${folder}/${file}`)
    expect(entries.filter(file => !existsSync(join(root, file)))).toEqual([])
    const reached = new Set<string>()
    const follow = (file: string) => {
      if (reached.has(file) || !file.startsWith(`${folder}/`)) return
      reached.add(file)
      for (const target of importsOf(file)) follow(target)
    }
    for (const file of entries) follow(file)
    const there = globSync(`${folder}/**/*.ts`, { cwd: root }).filter(file => !isTest(file))
    expect(there.filter(file => !reached.has(file))).toEqual([])
  })
})

test('every room says what it is', () => {
  const rooms = readdirSync(join(root, 'lib'), { withFileTypes: true }).filter(entry => entry.isDirectory())
  expect(rooms.map(room => room.name).filter(name => !existsSync(join(root, 'lib', name, 'README.md')))).toEqual([])
})
