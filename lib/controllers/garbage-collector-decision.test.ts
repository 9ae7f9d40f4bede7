import { describe, expect, test } from '@jest/globals'
import type { KubeObject, OwnerReference } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import { decide } from './garbage-collector-decision.ts'
import { OwnerGraph } from './garbage-collector-graph.ts'

const kind = (name: string, scope: 'Namespaced' | 'Cluster' = 'Namespaced') =>
  ({ group: '', version: 'v1', kind: name, plural: `${name.toLowerCase()}s`, scope, schema: {} }) as ResourceDefinition
const things = kind('Thing')

interface Given {
  owners?: string[]
  blocking?: boolean
  finalizers?: string[]
  deleted?: boolean
  namespace?: string
}

function thing(
  uid: string,
  { owners = [], blocking = true, finalizers, deleted, namespace = 'a' }: Given = {},
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Thing',
    metadata: {
      name: uid,
      uid,
      namespace,
      ownerReferences: owners.map(owner => ref(owner, blocking)),
      ...(finalizers ? { finalizers } : {}),
      ...(deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
  }
}

const ref = (uid: string, blockOwnerDeletion = true): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'Thing',
  name: uid,
  uid,
  blockOwnerDeletion,
})

function decisionOn(uid: string, objects: KubeObject[], absent: string[] = [], graph = new OwnerGraph()) {
  for (const object of objects) graph.observe(things, undefined, object)
  const node = graph.get(uid)
  if (!node) throw new Error('no such object')
  const decision = decide(node, graph, owner => absent.includes(owner.uid))
  const names = (nodes: { object: KubeObject }[]) => nodes.map(({ object }) => object.metadata.uid)
  if (decision.do === 'orphan') return { ...decision, dependents: names(decision.dependents) }
  if (decision.do === 'delete') return { ...decision, unblock: names(decision.unblock) }
  if (decision.do === 'verify') return { ...decision, owners: decision.owners.map(owner => owner.uid) }
  return decision
}

const foreground = { finalizers: ['foregroundDeletion'], deleted: true }
const orphan = { finalizers: ['orphan'], deleted: true }
const remove = (propagationPolicy: string, unblock: string[] = []) => ({ do: 'delete', propagationPolicy, unblock })

describe('what becomes of x', () => {
  test.each<[string, KubeObject[], string[], object]>([
    ['it has no owner', [thing('x')], [], { do: 'nothing' }],
    ['its owner is there', [thing('x', { owners: ['o'] }), thing('o')], [], { do: 'nothing' }],
    ['its owner is not known', [thing('x', { owners: ['o'] })], [], { do: 'verify', owners: ['o'] }],
    ['its owner is gone', [thing('x', { owners: ['o'] })], ['o'], remove('Background')],
    [
      'one of its owners is gone',
      [thing('x', { owners: ['o', 'p'] }), thing('p')],
      ['o'],
      { do: 'strike', uids: ['o'] },
    ],
    ['it is going itself', [thing('x', { owners: ['o'], deleted: true })], ['o'], { do: 'nothing' }],
    [
      'what it owns is to be orphaned',
      [thing('x', { owners: ['o'], finalizers: ['orphan'] })],
      ['o'],
      remove('Orphan'),
    ],
    [
      'what it owns is to go first',
      [thing('x', { owners: ['o'], finalizers: ['foregroundDeletion'] })],
      ['o'],
      remove('Foreground'),
    ],
    ['its owner waits for it', [thing('x', { owners: ['o'] }), thing('o', foreground)], [], remove('Background')],
    [
      'its owner waits for it, and it owns others',
      [thing('x', { owners: ['o'] }), thing('o', foreground), thing('y', { owners: ['x'] })],
      [],
      remove('Foreground'),
    ],
    [
      'its owner waits for it, and it for its owner',
      [thing('x', { owners: ['o'] }), thing('o', { ...foreground, owners: ['x'] })],
      [],
      remove('Foreground', ['o']),
    ],
    [
      'one owner waits for it, another stays',
      [thing('x', { owners: ['o', 'p'] }), thing('o', foreground), thing('p')],
      [],
      { do: 'strike', uids: ['o'] },
    ],
    ['it waits for one that blocks it', [thing('x', foreground), thing('y', { owners: ['x'] })], [], { do: 'nothing' }],
    [
      'it waits for none that blocks it',
      [thing('x', foreground), thing('y', { owners: ['x'], blocking: false })],
      [],
      { do: 'finish', finalizer: 'foregroundDeletion' },
    ],
    [
      'it lets go of what it owns',
      [thing('x', orphan), thing('y', { owners: ['x'] })],
      [],
      { do: 'orphan', dependents: ['y'] },
    ],
    [
      'its owner is in another namespace, so it is none',
      [thing('x', { owners: ['o'] }), thing('o', { namespace: 'b' })],
      ['o'],
      remove('Background'),
    ],
  ])('%s', (_, objects, absent, expected) => {
    expect(decisionOn('x', objects, absent)).toEqual(expected)
  })

  test('a cluster-scoped owner is one for every namespace', () => {
    const graph = new OwnerGraph()
    graph.observe(kind('Node', 'Cluster'), undefined, { ...thing('o'), metadata: { name: 'o', uid: 'o' } })
    expect(decisionOn('x', [thing('x', { owners: ['o'] })], [], graph)).toEqual({ do: 'nothing' })
  })
})

describe('what a change makes worth a look', () => {
  const graph = () => {
    const all = new OwnerGraph()
    for (const object of [thing('o'), thing('x', { owners: ['o'] }), thing('y', { owners: ['o'] })]) {
      all.observe(things, undefined, object)
    }
    return all
  }

  test.each<[string, KubeObject | undefined, KubeObject | undefined, string[]]>([
    ['an owner goes: all it owned', thing('o'), undefined, ['x', 'y']],
    ['an owner begins to wait: it and all it owns', thing('o'), thing('o', foreground), ['o', 'x', 'y']],
    ['an owned one goes: its owner, which may wait', thing('x', { owners: ['o'] }), undefined, ['o']],
    ['an owned one leaves its owner', thing('x', { owners: ['o'] }), thing('x'), ['x', 'o']],
    ['a new one: it and its owner', undefined, thing('z', { owners: ['o'] }), ['z', 'o']],
    [
      'only its status changed',
      thing('x', { owners: ['o'] }),
      { ...thing('x', { owners: ['o'] }), status: 1 } as KubeObject,
      [],
    ],
  ])('%s', (_, old, current, expected) => {
    expect(graph().observe(things, old, current)).toEqual(expected)
  })
})
