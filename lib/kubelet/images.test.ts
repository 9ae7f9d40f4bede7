import { expect, test } from '@jest/globals'
import { testContainer, testImage, testPod } from '../../test/harness/kubelet.ts'
import { FakeClock } from '../util/clock.ts'
import { Images, withDefaultTag } from './images.ts'
import type { Image } from './runtime/runtime.ts'

function setUp({ present, registry }: { present?: Image; registry?: Image } = {}) {
  const clock = new FakeClock()
  const told: string[] = []
  const pulled: string[] = []
  const images = new Images({
    clock,
    events: { event: (_about, type, reason, message) => told.push(`${type} ${reason} ${message}`) },
    runtime: {
      image: async () => present,
      pullImage: async (reference: string) => {
        pulled.push(reference)
        await clock.sleep(1500)
        if (!registry) throw new Error('no such image')
        return registry
      },
    } as never,
  })
  const ensure = async (policy = 'IfNotPresent', image = 'web') => {
    const container = { kind: 'app' as const, spec: testContainer('web', { image, imagePullPolicy: policy }) }
    const ensured = images.ensure(testPod(), container, new AbortController().signal)
    ensured.catch(() => {})
    await clock.advance(0)
    await clock.advance(1500)
    return ensured
  }
  return { clock, told, pulled, ensure }
}

test('what is here is not pulled', async () => {
  const { ensure, told, pulled } = setUp({ present: testImage() })
  expect((await ensure()).id).toBe('sha256:abc')
  expect(pulled).toEqual([])
  expect(told).toEqual([
    'Normal Pulled Container image "web" already present on machine and can be accessed by the pod',
  ])
})

test('unless it always is', async () => {
  const { ensure, told, pulled } = setUp({ present: testImage(), registry: testImage({ id: 'newer' }) })
  expect((await ensure('Always')).id).toBe('newer')
  expect(pulled).toEqual(['web:latest'])
  expect(told).toEqual([
    'Normal Pulling Pulling image "web"',
    'Normal Pulled Successfully pulled image "web" in 1.5s (1.5s including waiting). Image size: 1000 bytes.',
  ])
})

test('Never is never', async () => {
  const { ensure, told, pulled } = setUp({ registry: testImage() })
  const message = 'Container image "web" is not present with pull policy of Never'
  await expect(ensure('Never')).rejects.toMatchObject({ reason: 'ErrImageNeverPull', message })
  expect(pulled).toEqual([])
  expect(told).toEqual([`Warning ErrImageNeverPull ${message}`])
})

test('a name that is none is asked for nowhere', async () => {
  const { ensure, told, pulled } = setUp({ registry: testImage() })
  const why = 'invalid reference format: repository name (library/UPPER case) must be lowercase'
  const message = `Failed to apply default image tag "UPPER case": couldn't parse image name "UPPER case": ${why}`
  await expect(ensure('Always', 'UPPER case')).rejects.toMatchObject({ reason: 'InvalidImageName', message })
  expect(pulled).toEqual([])
  expect(told).toEqual([`Warning InspectFailed ${message}`])
})

test('after a failure it backs off, longer each time', async () => {
  const { clock, ensure, pulled } = setUp()
  const failure = () =>
    ensure().then(
      () => 'fine',
      error => error.reason,
    )
  expect([await failure(), await failure()]).toEqual(['ErrImagePull', 'ImagePullBackOff'])
  await clock.advance(10_000)
  expect([await failure(), await failure()]).toEqual(['ErrImagePull', 'ImagePullBackOff'])
  await clock.advance(10_000)
  expect(await failure()).toBe('ImagePullBackOff')
  await clock.advance(10_000)
  expect(await failure()).toBe('ErrImagePull')
  expect(pulled).toHaveLength(3)
})

test('the event says that it backs off, the status also why', async () => {
  const { ensure, told } = setUp()
  await ensure().catch(() => {})
  const message = 'Back-off pulling image "web": ErrImagePull: no such image'
  await expect(ensure()).rejects.toMatchObject({ reason: 'ImagePullBackOff', message })
  expect(told.at(-1)).toBe('Normal BackOff Back-off pulling image "web"')
})

test.each([
  ['web', 'web:latest'],
  ['web:1', 'web:1'],
  ['registry:5000/web', 'registry:5000/web:latest'],
  ['web@sha256:x', 'web@sha256:x'],
])('%s is %s', (image, expected) => {
  expect(withDefaultTag(image)).toBe(expected)
})
