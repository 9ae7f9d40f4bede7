import { describe, expect, test } from '@jest/globals'
import type { KubeObject, ObjectMeta } from '../../api/meta.ts'
import type { ResourceDefinition, Strategy } from '../../api/resource.ts'
import type { DeleteOptions } from '../delete-options.ts'
import { deletionStep, isFinished } from './deletion.ts'

const now = Date.parse('2026-01-01T00:00:00Z')

const kind = (strategy: Strategy<KubeObject> = {}) => ({ plural: 'things', strategy }) as unknown as ResourceDefinition
const plain = kind()
const graceful = kind({ gracePeriodSeconds: (_, requested) => requested ?? 30 })
const withOwnFinalizers = kind({
  blocksDeletion: obj => (obj as unknown as { spec: { finalizers: string[] } }).spec.finalizers.length > 0,
  prepareForDelete: obj => Object.assign(obj, { status: { phase: 'Terminating' } }),
})

const object = (metadata: ObjectMeta, rest = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'a', ...metadata },
  ...rest,
})

const outcome = (def: ResourceDefinition, metadata: ObjectMeta, options: Partial<DeleteOptions> = {}) => {
  const step = deletionStep(def, object(metadata), { dryRun: false, ...options }, now)
  if (step.step === 'pending') return 'pending'
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers, generation } = step.object.metadata
  return { step: step.step, deletionTimestamp, deletionGracePeriodSeconds, finalizers, generation }
}

const stamp = '2026-01-01T00:00:00Z'

describe('deletionStep', () => {
  test('without grace or finalizers it goes at once', () => {
    expect(outcome(plain, {})).toMatchObject({ step: 'remove' })
    expect(outcome(plain, {}, { gracePeriodSeconds: 10 })).toMatchObject({ step: 'remove' })
  })

  test('finalizers hold it, marked', () => {
    expect(outcome(plain, { finalizers: ['a/b'], generation: 2 })).toEqual({
      step: 'update',
      deletionTimestamp: stamp,
      deletionGracePeriodSeconds: 0,
      finalizers: ['a/b'],
      generation: 3,
    })
  })

  test('a second deletion of a marked object changes nothing', () => {
    const marked = { finalizers: ['a/b'], deletionTimestamp: stamp, deletionGracePeriodSeconds: 0, generation: 3 }
    expect(outcome(plain, marked)).toMatchObject({ step: 'update', generation: 3, deletionTimestamp: stamp })
  })

  test('grace holds it until later', () => {
    expect(outcome(graceful, { generation: 1 })).toMatchObject({
      step: 'update',
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    })
    expect(outcome(graceful, {}, { gracePeriodSeconds: 0 })).toMatchObject({ step: 'remove' })
    expect(outcome(graceful, {}, { gracePeriodSeconds: -5 })).toMatchObject({ deletionGracePeriodSeconds: 1 })
    expect(outcome(graceful, { finalizers: ['a/b'] }, { gracePeriodSeconds: 0 })).toMatchObject({ step: 'update' })
  })

  const deleting = { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30, generation: 2 }

  test.each([undefined, 30, 60])('a deletion under way does not get longer: %p', gracePeriodSeconds => {
    const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }
    expect(outcome(graceful, deleting, options)).toBe('pending')
  })

  test('but it gets shorter, counted from its beginning', () => {
    expect(outcome(graceful, deleting, { gracePeriodSeconds: 5 })).toMatchObject({
      step: 'update',
      deletionTimestamp: '2026-01-01T00:00:05Z',
      deletionGracePeriodSeconds: 5,
      generation: 2,
    })
    expect(outcome(graceful, deleting, { gracePeriodSeconds: 0 })).toMatchObject({ step: 'remove' })
  })

  test.each<[string, string[] | undefined, Partial<DeleteOptions>, string[] | undefined]>([
    ['foreground', undefined, { propagationPolicy: 'Foreground' }, ['foregroundDeletion']],
    ['orphan', ['a/b'], { propagationPolicy: 'Orphan' }, ['a/b', 'orphan']],
    ['background takes both away', ['orphan', 'foregroundDeletion'], { propagationPolicy: 'Background' }, undefined],
    ['what is there stays', ['foregroundDeletion'], {}, ['foregroundDeletion']],
    ['one takes the place of the other', ['orphan'], { propagationPolicy: 'Foreground' }, ['foregroundDeletion']],
    ['the old option orphans', undefined, { orphanDependents: true }, ['orphan']],
    ['the old option does not', ['orphan'], { orphanDependents: false }, undefined],
  ])('%s', (_, finalizers, options, expected) => {
    expect(outcome(plain, finalizers ? { finalizers } : {}, options)).toMatchObject({ finalizers: expected })
  })

  test.each<[string, string[] | undefined, Partial<DeleteOptions>, string[] | undefined]>([
    ['nothing', undefined, {}, ['orphan']],
    ['foreground before', ['foregroundDeletion'], {}, ['foregroundDeletion']],
    ['background', undefined, { propagationPolicy: 'Background' }, undefined],
  ])('a kind that orphans by default, told %s', (_, finalizers, options, expected) => {
    const orphaning = { ...plain, strategy: { orphansByDefault: {} } }
    expect(outcome(orphaning, finalizers ? { finalizers } : {}, options)).toMatchObject({ finalizers: expected })
  })

  test("a kind's own finalizers hold it too, and it is told", () => {
    const namespace = object({}, { spec: { finalizers: ['kubernetes'] } })
    const step = deletionStep(withOwnFinalizers, namespace, { dryRun: false }, now)
    expect(step).toMatchObject({
      step: 'update',
      object: { metadata: { deletionTimestamp: stamp }, status: { phase: 'Terminating' } },
    })
    expect(step).not.toHaveProperty('object.metadata.deletionGracePeriodSeconds')
    expect(namespace).not.toHaveProperty('status')
  })
})

test.each<[string, ResourceDefinition, ObjectMeta, string[], boolean]>([
  ['alive', plain, {}, [], false],
  ['marked, nothing left', plain, { deletionTimestamp: stamp, deletionGracePeriodSeconds: 0 }, [], true],
  ['finalizers left', plain, { deletionTimestamp: stamp, finalizers: ['a/b'] }, [], false],
  ['grace left', graceful, { deletionTimestamp: stamp, deletionGracePeriodSeconds: 5 }, [], false],
  ['own finalizers left', withOwnFinalizers, { deletionTimestamp: stamp }, ['kubernetes'], false],
  ['own finalizers gone', withOwnFinalizers, { deletionTimestamp: stamp }, [], true],
])('isFinished: %s', (_, def, metadata, finalizers, expected) => {
  expect(isFinished(def, object(metadata, { spec: { finalizers } }))).toBe(expected)
})
