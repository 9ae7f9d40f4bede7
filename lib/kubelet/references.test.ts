import { describe, expect, test } from '@jest/globals'
import { testContainer, testPod } from '../../test/harness/kubelet.ts'
import type { KubeObject } from '../api/meta.ts'
import type { WatchEvent } from '../api/watch.ts'
import { aborted } from '../util/async.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { ObjectReferences, referencesOf } from './references.ts'

test('everything a pod refers to, each once', () => {
  const pod = testPod({
    volumes: [
      { name: 'a', configMap: { name: 'cm1' } },
      { name: 'b', secret: { secretName: 's1' } },
      { name: 'c', projected: { sources: [{ configMap: { name: 'cm2' } }, { secret: { name: 's1' } }] } },
      { name: 'd', emptyDir: {} },
    ],
    initContainers: [
      testContainer('i', { envFrom: [{ configMapRef: { name: 'cm3' } }, { secretRef: { name: 's2' } }] }),
    ],
    containers: [
      testContainer('web', {
        env: [
          { name: 'X', valueFrom: { configMapKeyRef: { name: 'cm1', key: 'k' } } },
          { name: 'Y', valueFrom: { secretKeyRef: { name: 's3', key: 'k' } } },
        ],
      }),
    ],
  })
  expect(
    referencesOf(pod)
      .map(({ what, name }) => `${what}/${name}`)
      .sort(),
  ).toEqual(['configmap/cm1', 'configmap/cm2', 'configmap/cm3', 'secret/s1', 'secret/s2', 'secret/s3'])
})

/** Lists at once (or never); a watch says what is pushed and counts for as long as it is open. */
function setUp({ answers = true } = {}) {
  const open = new Map<string, (event: WatchEvent<KubeObject>) => void>()
  const client = {
    source: (_: unknown, query: { fieldSelector?: string } = {}) => {
      const name = query.fieldSelector?.split('=')[1] ?? ''
      return {
        list: async (signal: AbortSignal) => {
          if (!answers) await aborted(signal)
          return { items: [], resourceVersion: '1' }
        },
        async *watch(_version: string, signal: AbortSignal) {
          let next = Promise.withResolvers<WatchEvent<KubeObject> | undefined>()
          signal.addEventListener('abort', () => next.resolve(undefined), { once: true })
          open.set(name, event => next.resolve(event))
          try {
            for (;;) {
              const event = await next.promise
              if (!event) return
              next = Promise.withResolvers()
              yield event
            }
          } finally {
            open.delete(name)
          }
        },
      }
    },
  }
  const clock = new FakeClock()
  const { signal } = new AbortController()
  const references = new ObjectReferences({ client: client as never, clock, log: silentLogger, signal })
  return { references, open, clock, signal, settle: () => clock.advance(0) }
}

const withConfig = (uid: string, ...names: string[]) =>
  testPod({ volumes: names.map(name => ({ name, configMap: { name } })) }, { metadata: { uid } })

describe('ObjectReferences', () => {
  test('follows an object for as long as a pod refers to it', async () => {
    const { references, open, settle } = setUp()
    references.register(withConfig('u1', 'a', 'b'), () => {})
    references.register(withConfig('u2', 'b'), () => {})
    await settle()
    expect([...open.keys()].sort()).toEqual(['a', 'b'])
    references.unregister('u1')
    for (let turn = 0; turn < 3; turn++) await settle()
    expect([...open.keys()]).toEqual(['b'])
    references.register(withConfig('u2', 'c'), () => {})
    for (let turn = 0; turn < 3; turn++) await settle()
    expect([...open.keys()]).toEqual(['c'])
  })

  test('tells each pod of changes, and shows the object', async () => {
    const { references, open, settle, signal } = setUp()
    const told: string[] = []
    const pod = withConfig('u1', 'a')
    references.register(pod, () => told.push('u1'))
    references.register(withConfig('u2', 'a'), () => told.push('u2'))
    await references.synced(pod, signal)
    await settle()
    expect(references.of(pod).configMap('a')).toBeUndefined()
    const metadata = { name: 'a', namespace: 'default', uid: 'x', resourceVersion: '2' }
    open.get('a')?.({ type: 'ADDED', object: { apiVersion: 'v1', kind: 'ConfigMap', metadata } })
    for (let turn = 0; turn < 3; turn++) await settle()
    expect(told.sort()).toEqual(['u1', 'u2'])
    expect(references.of(pod).configMap('a')?.metadata.uid).toBe('x')
    expect(references.of(pod).secret('a')).toBeUndefined()
  })

  test('does not wait forever', async () => {
    const { references, clock, signal } = setUp({ answers: false })
    const pod = withConfig('u1', 'a')
    references.register(pod, () => {})
    const waiting = references.synced(pod, signal)
    const failed = expect(waiting).rejects.toThrow(
      'failed to sync configmap cache: timed out waiting for the condition',
    )
    await clock.advance(0)
    await clock.advance(10_000)
    await failed
  })
})
