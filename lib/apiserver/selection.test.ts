import { expect, test } from '@jest/globals'
import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import { encode } from '../storage/codec.ts'
import { toEntry } from '../storage/entry.ts'
import { selectionOf } from './selection.ts'

const pods = {
  plural: 'pods',
  scope: 'Namespaced',
  selectableFields: {
    'spec.nodeName': (obj: KubeObject & { spec?: { nodeName?: string } }) => obj.spec?.nodeName ?? '',
  },
} as unknown as ResourceDefinition
const nodes = { plural: 'nodes', scope: 'Cluster', storage: { prefix: 'minions' } } as unknown as ResourceDefinition

const select = (def: ResourceDefinition, namespace: string, query: string, name = '') =>
  selectionOf(def, { namespace, name }, new URLSearchParams(query))

test.each<[ResourceDefinition, string, string, string]>([
  [pods, '', '', 'pods/'],
  [pods, 'default', '', 'pods/default/'],
  [pods, 'default', 'fieldSelector=metadata.name=web', 'pods/default/web'],
  [pods, '', 'fieldSelector=metadata.name=web', 'pods/'],
  [pods, 'default', 'fieldSelector=metadata.name!=web', 'pods/default/'],
  [nodes, '', 'fieldSelector=metadata.name=n1', 'minions/n1'],
])('the keys of %#', (def, namespace, query, prefix) => {
  expect(select(def, namespace, query).prefix).toBe(prefix)
})

test('a name in the path is all that is selected, and no selector may widen it', () => {
  const one = select(pods, 'default', '', 'web')
  expect(one.prefix).toBe('pods/default/web')
  expect(one.matches?.(pod({}, 'n1'))).toBe(true)
  expect(select(pods, 'default', 'fieldSelector=metadata.name=web', 'web').prefix).toBe('pods/default/web')
  for (const other of ['metadata.name=db', 'metadata.name!=db', 'spec.nodeName=n1']) {
    expect(() => select(pods, 'default', `fieldSelector=${other}`, 'web')).toThrow(
      "fieldSelector metadata.name doesn't match requested name",
    )
  }
})

const pod = (labels: Record<string, string>, nodeName: string) => {
  const metadata = { name: 'web', namespace: 'default', labels }
  const value = encode({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName } } as KubeObject)
  return toEntry('pods/default/web', { value, modRevision: 1n })
}

test.each<[string, boolean]>([
  ['labelSelector=app=web', true],
  ['labelSelector=app!=web', false],
  ['fieldSelector=spec.nodeName=n1', true],
  ['fieldSelector=spec.nodeName!=n1', false],
  ['fieldSelector=spec.nodeName=n1,metadata.namespace=other', false],
  ['labelSelector=app&fieldSelector=spec.nodeName=n2', false],
])('%s', (query, expected) => {
  expect(select(pods, 'default', query).matches?.(pod({ app: 'web' }, 'n1'))).toBe(expected)
})

test('nothing selected is nothing to match', () => {
  expect(select(pods, '', '').matches).toBeUndefined()
})

test('fields that cannot be asked for', () => {
  expect(() => select(pods, '', 'fieldSelector=spec.foo=1')).toThrow('field label not supported: spec.foo')
  expect(() => select(pods, '', 'fieldSelector=constructor=1')).toThrow('field label not supported: constructor')
  expect(() => select(nodes, '', 'fieldSelector=spec.foo=1')).toThrow(
    '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
  )
})
