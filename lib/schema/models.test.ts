import { expect, test } from '@jest/globals'
import { builtinModels, builtinSchema } from './builtin.ts'
import { schemasOf } from './models.ts'

const schema = schemasOf({
  V1Tree: {
    definition: 'io.example.v1.Tree',
    fields: { name: 'string', children: '[]V1Tree', sizes: '{}quantity', parent: 'V1Tree', at: 'date-time' },
    required: ['name'],
    rules: {
      children: { listType: 'map', listMapKeys: ['name'], patchMergeKey: 'name', patchStrategy: ['merge'] },
      parent: { mapType: 'atomic' },
    },
  },
})

test('a model is one schema, and its fields carry their facts', () => {
  const tree = schema('V1Tree')
  expect(schema('V1Tree')).toBe(tree)
  expect(tree.properties?.children?.items).toBe(tree)
  expect(tree.properties?.children).toMatchObject({ type: 'array', listMapKeys: ['name'], patchMergeKey: 'name' })
  expect(tree.properties?.sizes?.additionalProperties).toEqual({ type: 'string', quantity: true })
  expect(tree.properties?.parent).toMatchObject({ name: 'V1Tree', mapType: 'atomic', required: ['name'] })
  expect(tree.properties?.parent?.properties).toBe(tree.properties)
  expect(tree.mapType).toBeUndefined()
})

test('an unknown model is a mistake', () => {
  expect(() => schema('V1Bush')).toThrow('no model of the Kubernetes API is called V1Bush')
  expect(() => schema('toString')).toThrow('no model of the Kubernetes API is called toString')
})

test('every built-in model becomes a schema', () => {
  for (const name of Object.keys(builtinModels())) expect(builtinSchema(name).properties).toBeDefined()
})

test.each([
  ['V1PodSpec', 'containers', { listMapKeys: ['name'], patchMergeKey: 'name' }],
  ['V1ServiceSpec', 'ports', { listMapKeys: ['port', 'protocol'], patchMergeKey: 'port' }],
  ['V1PodSpec', 'volumes', { patchMergeKey: 'name', patchStrategy: ['merge', 'retainKeys'] }],
  ['V1DeploymentSpec', 'strategy', { name: 'V1DeploymentStrategy', patchStrategy: ['retainKeys'] }],
  ['V1DeploymentSpec', 'replicas', { type: 'integer', format: 'int32' }],
  ['V1ObjectMeta', 'finalizers', { listType: 'set', patchStrategy: ['merge'] }],
  ['V1ResourceRequirements', 'limits', { additionalProperties: { type: 'string', quantity: true } }],
  ['V1Secret', 'data', { additionalProperties: { type: 'string', format: 'byte' } }],
  ['V1ContainerPort', 'protocol', { default: 'TCP' }],
  ['V1RollingUpdateDeployment', 'maxSurge', { intOrString: true }],
  ['V1JobStatus', 'conditions', { patchMergeKey: 'type' }],
])('%s.%s', (model, field, facts) => {
  expect(builtinSchema(model).properties?.[field]).toMatchObject(facts)
})
