import { describe, expect, test } from '@jest/globals'
import { testContainer, testPod, testStatus } from '../../test/harness/kubelet.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import type { Container, Pod } from './pod.ts'
import type { ProbeOutcome } from './probe-outcome.ts'
import { PodProbes, type ProbeKind } from './probes.ts'

const exec = { exec: { command: ['check'] } }

async function setUp(
  container: Partial<Container>,
  answers: Partial<Record<ProbeKind, ProbeOutcome['result'][]>>,
  status?: Pod['status'],
) {
  const clock = new FakeClock()
  const told: string[] = []
  const asked: Record<string, number[]> = { startup: [], readiness: [], liveness: [] }
  let changes = 0
  const spec = testContainer('web', container)
  const started = clock.now()
  const probes = new PodProbes({
    clock,
    log: silentLogger,
    events: { event: (_about, type, reason, message) => told.push(`${type} ${reason} ${message}`) },
    onChange: () => changes++,
    prober: {
      async probe(probe) {
        const kind =
          (['startup', 'readiness', 'liveness'] as const).find(name => spec[`${name}Probe`] === probe) ?? 'startup'
        asked[kind]?.push((clock.now() - started) / 1000)
        const left = answers[kind] ?? []
        const result = (left.length > 1 ? left.shift() : left[0]) ?? 'success'
        return { result, output: 'out' }
      },
    },
  })
  const pod = testPod({ containers: [spec] }, status ? { status } : {})
  probes.watch(pod, '10.0.0.1', [testStatus({ startedAtMs: started })])
  await clock.advance(0)
  const results = () => probes.results.get('web-0')
  return { clock, probes, told, asked, results, changes: () => changes, pod }
}

describe('PodProbes', () => {
  test('readiness: its first success makes ready, three failures in a row unready', async () => {
    const { clock, results, told } = await setUp(
      { readinessProbe: { ...exec, periodSeconds: 1 } },
      { readiness: ['failure', 'success', 'failure', 'failure', 'success', 'failure', 'failure', 'failure'] },
    )
    const seen: (boolean | undefined)[] = []
    for (let second = 0; second < 8; second++) {
      seen.push(results()?.ready)
      await clock.advance(1000)
    }
    expect(seen).toEqual([undefined, true, true, true, true, true, true, false])
    expect(told[0]).toBe('Warning Unhealthy Readiness probe failed: out')
  })

  test('begins after its initial delay, then goes by its period', async () => {
    const { clock, asked } = await setUp({ livenessProbe: { ...exec, initialDelaySeconds: 5, periodSeconds: 10 } }, {})
    await clock.advance(26_000)
    expect(asked.liveness).toEqual([5, 15, 25])
  })

  test('liveness: the container is failed once and asked no more', async () => {
    const { clock, results, asked } = await setUp(
      { livenessProbe: { ...exec, periodSeconds: 1, failureThreshold: 2 } },
      { liveness: ['success', 'failure'] },
    )
    await clock.advance(10_000)
    expect(results()).toEqual({ failed: 'liveness' })
    expect(asked.liveness).toEqual([0, 1, 2])
  })

  test('the others wait until the startup probe has passed', async () => {
    const { clock, results, asked } = await setUp(
      { startupProbe: { ...exec, periodSeconds: 1 }, livenessProbe: { ...exec, periodSeconds: 10 } },
      { startup: ['failure', 'failure', 'success'] },
    )
    await clock.advance(1000)
    expect([results()?.started, asked.liveness]).toEqual([undefined, []])
    await clock.advance(5000)
    expect(results()).toEqual({ started: true })
    expect([asked.startup, asked.liveness]).toEqual([[0, 1, 2], [2]])
  })

  test('a startup probe that never passes fails the container', async () => {
    const { clock, results } = await setUp(
      { startupProbe: { ...exec, periodSeconds: 1, failureThreshold: 3 } },
      { startup: ['failure'] },
    )
    await clock.advance(5000)
    expect(results()).toEqual({ failed: 'startup' })
  })

  test('a probe that cannot be made counts for nothing', async () => {
    const { clock, results, told } = await setUp(
      { livenessProbe: { ...exec, periodSeconds: 1, failureThreshold: 1 } },
      { liveness: ['error'] },
    )
    await clock.advance(3000)
    expect(results()).toBeUndefined()
    expect(told[0]).toBe('Warning Unhealthy Liveness probe errored and resulted in unknown state: out')
  })

  test('tells of changes alone', async () => {
    const { clock, changes } = await setUp({ readinessProbe: { ...exec, periodSeconds: 1 } }, {})
    await clock.advance(10_000)
    expect(changes()).toBe(1)
  })

  test('a container that is gone is probed no more and forgotten', async () => {
    const { clock, probes, asked, results, pod } = await setUp({ readinessProbe: { ...exec, periodSeconds: 1 } }, {})
    await clock.advance(1500)
    probes.watch(pod, '10.0.0.1', [])
    await clock.advance(5000)
    expect([asked.readiness, results()]).toEqual([[0, 1], undefined])
  })

  test('while the pod ends only readiness goes on', async () => {
    const { clock, probes, asked } = await setUp(
      { readinessProbe: { ...exec, periodSeconds: 1 }, livenessProbe: { ...exec, periodSeconds: 1 } },
      {},
    )
    await clock.advance(500)
    probes.endLiveness()
    await clock.advance(2000)
    expect([asked.readiness, asked.liveness]).toEqual([[0, 1, 2], [0]])
  })

  test('what the API was told stays true after a restart of the kubelet', async () => {
    const known = {
      name: 'web',
      image: '',
      imageID: '',
      restartCount: 0,
      containerID: 'containerd://web-0',
      started: true,
      ready: true,
    }
    const { results, asked, clock } = await setUp(
      { startupProbe: exec, readinessProbe: { ...exec, initialDelaySeconds: 60 } },
      {},
      { containerStatuses: [known] },
    )
    expect(results()).toEqual({ started: true, ready: true })
    await clock.advance(1000)
    expect(asked.startup).toEqual([])
  })
})
