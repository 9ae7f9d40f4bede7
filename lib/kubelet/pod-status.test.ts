import { describe, expect, test } from '@jest/globals'
import { exited, nowMs, observed, testContainer, testPod, testSandbox, testStatus } from '../../test/harness/kubelet.ts'
import type { Observed } from './observed.ts'
import type { ApiContainerStatus, Pod } from './pod.ts'
import { podStatus, rejectedStatus } from './pod-status.ts'
import { backOffAnnotation } from './restart-back-off.ts'

const hostIPs = ['192.0.2.1']
const status = (pod: Pod, seen: Observed, ended = false) => podStatus(pod, seen, { hostIPs, nowMs, ended })
const never = { restartPolicy: 'Never' }
const none = { sandboxes: [] }
const now = '2026-01-01T00:00:00Z'

describe('phase', () => {
  const two = { containers: [testContainer('a'), testContainer('b')] }
  const withInit = { initContainers: [testContainer('i')] }
  const cases: [name: string, pod: Pod, seen: Observed, phase: string][] = [
    ['nothing yet', testPod(), observed(none), 'Pending'],
    ['one of two started', testPod(two), observed({ containers: [testStatus({ name: 'a' })] }), 'Pending'],
    ['init under way', testPod(withInit), observed({ containers: [testStatus({ name: 'i' })] }), 'Pending'],
    ['running', testPod(), observed({ containers: [testStatus()] }), 'Running'],
    ['waiting to restart', testPod(), observed({ containers: [exited(1)] }), 'Running'],
    ['all succeeded', testPod(never), observed({ containers: [exited(0)] }), 'Succeeded'],
    ['one failed', testPod(never), observed({ containers: [exited(1)] }), 'Failed'],
    ['failed, tried again', testPod({ restartPolicy: 'OnFailure' }), observed({ containers: [exited(1)] }), 'Running'],
    [
      'one done, one running',
      testPod({ ...two, ...never }),
      observed({ containers: [exited(0, { name: 'a' }), testStatus({ name: 'b' })] }),
      'Running',
    ],
    [
      'a failed init container',
      testPod({ ...withInit, ...never }),
      observed({ containers: [exited(1, { name: 'i' })] }),
      'Failed',
    ],
    ['what was final', testPod({}, { status: { phase: 'Succeeded' } }), observed(none), 'Succeeded'],
  ]
  test.each(cases)('%s', (_, pod, seen, phase) => {
    expect(status(pod, seen).phase).toBe(phase)
  })

  test('becomes final when the pod has ended, whatever its policy', () => {
    expect(status(testPod(), observed({ containers: [exited(0)] }), true).phase).toBe('Succeeded')
    expect(status(testPod(), observed({ containers: [exited(137)] }), true).phase).toBe('Failed')
    expect(status(testPod(), observed(none), true).phase).toBe('Failed')
  })

  test('is Failed when its node ended it, and says why, once nothing runs', () => {
    const end = { reason: 'DeadlineExceeded', message: 'too long' }
    const of = (seen: Observed, ended: boolean) => podStatus(testPod(), seen, { hostIPs, nowMs, ended, end })
    expect(of(observed({ containers: [exited(0)] }), true)).toMatchObject({ phase: 'Failed', ...end })
    const before = of(observed({ containers: [testStatus()] }), false)
    expect([before.phase, before.reason]).toEqual(['Running', undefined])
  })
})

describe('a container', () => {
  const one = (pod: Pod, seen: Observed): ApiContainerStatus | undefined => status(pod, seen).containerStatuses?.[0]
  const withBackOff = { annotations: { [backOffAnnotation]: '20000' } }

  test('is being created', () => {
    expect(one(testPod(), observed(none))).toEqual({
      name: 'web',
      state: { waiting: { reason: 'ContainerCreating' } },
      lastState: {},
      ready: false,
      started: false,
      restartCount: 0,
      image: 'web:1',
      imageID: '',
    })
  })

  test('waits for init containers', () => {
    const pod = testPod({ initContainers: [testContainer('i')] })
    expect(one(pod, observed())?.state).toEqual({ waiting: { reason: 'PodInitializing' } })
  })

  test.each(['ErrImagePull', 'ImagePullBackOff', 'CreateContainerConfigError', 'RunContainerError'])(
    'could not be started: %s',
    reason => {
      const failures = new Map([['web', { reason, message: 'why', retryAtMs: nowMs }]])
      expect(one(testPod(), observed({ failures }))?.state).toEqual({ waiting: { reason, message: 'why' } })
    },
  )

  test('runs', () => {
    expect(one(testPod(), observed({ containers: [testStatus({ attempt: 2 })] }))).toMatchObject({
      state: { running: { startedAt: '2025-12-31T23:59:30Z' } },
      lastState: {},
      ready: true,
      started: true,
      restartCount: 2,
      image: 'web:1',
      imageID: 'sha256:abc',
      containerID: 'containerd://web-2',
    })
  })

  test('runs again: how it ended before is kept', () => {
    const seen = observed({ containers: [testStatus({ attempt: 1 }), exited(3, { message: 'oops' })] })
    expect(one(testPod(), seen)?.lastState).toEqual({
      terminated: {
        exitCode: 3,
        reason: 'Error',
        message: 'oops',
        startedAt: '2025-12-31T23:59:30Z',
        finishedAt: '2025-12-31T23:59:59Z',
        containerID: 'containerd://web-0',
      },
    })
  })

  test('backs off, with how it ended as its last state', () => {
    const seen = observed({ containers: [exited(1, { attempt: 2, reason: 'OOMKilled', ...withBackOff })] })
    expect(one(testPod(), seen)).toMatchObject({
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: 'back-off 20s restarting failed container=web pod=web_default(u1)',
        },
      },
      lastState: { terminated: { exitCode: 1, reason: 'OOMKilled' } },
      restartCount: 2,
      ready: false,
    })
  })

  test('backs off after a start that failed too, once there is something to wait for', () => {
    const failures = new Map([['web', { reason: 'RunContainerError', message: 'no such file', retryAtMs: nowMs }]])
    const end = { reason: 'StartError', message: 'no such file', startedAtMs: 0 }
    const first = observed({ failures, containers: [exited(128, end)] })
    const lastState = { terminated: { exitCode: 128, reason: 'StartError', message: 'no such file' } }
    const runContainerError = { reason: 'RunContainerError', message: 'no such file' }
    expect(one(testPod(), first)).toMatchObject({ state: { waiting: runContainerError }, lastState })
    const second = observed({ failures, containers: [exited(128, { attempt: 1, ...end, ...withBackOff })] })
    const backOff = {
      reason: 'CrashLoopBackOff',
      message: 'back-off 20s restarting failed container=web pod=web_default(u1)',
    }
    expect(one(testPod(), second)).toMatchObject({ state: { waiting: backOff }, lastState })
  })

  test('whose next start failed when its back-off was over says why', () => {
    const failures = new Map([['web', { reason: 'ErrImagePull', message: 'why', retryAtMs: nowMs }]])
    const seen = observed({ failures, containers: [exited(1)] })
    expect(one(testPod(), seen)?.state).toEqual({ waiting: { reason: 'ErrImagePull', message: 'why' } })
  })

  test('shows its end between end and restart', () => {
    expect(one(testPod(), observed({ containers: [exited(0)] }))?.state?.terminated?.reason).toBe('Completed')
  })

  test('tells its last words', () => {
    const seen = observed({ containers: [exited(1)], terminationMessages: new Map([['web-0', 'farewell']]) })
    expect(one(testPod(never), seen)?.state?.terminated?.message).toBe('farewell')
  })

  const probe = { exec: { command: ['true'] } }
  test.each<[string, Parameters<typeof testContainer>[1], object, boolean, boolean]>([
    ['without probes', {}, {}, true, true],
    ['before its readiness probe passed', { readinessProbe: probe }, {}, true, false],
    ['after', { readinessProbe: probe }, { ready: true }, true, true],
    ['before its startup probe passed', { startupProbe: probe }, {}, false, false],
    ['after it', { startupProbe: probe }, { started: true }, true, true],
    ['ready but not started', { startupProbe: probe, readinessProbe: probe }, { ready: true }, false, false],
  ])('%s', (_, more, results, started, ready) => {
    const seen = observed({ containers: [testStatus()], probes: new Map([['web-0', results]]) })
    expect(one(testPod({ containers: [testContainer('web', more)] }), seen)).toMatchObject({ started, ready })
  })

  test('ran when last seen and cannot be found: it is restarted and counted', () => {
    const known = {
      name: 'web',
      image: 'web:1',
      imageID: 'x',
      ready: true,
      restartCount: 1,
      containerID: 'containerd://old',
      state: { running: { startedAt: now } },
    }
    const pod = testPod({}, { status: { phase: 'Running', containerStatuses: [known] } })
    expect(one(pod, observed(none))).toMatchObject({
      state: { waiting: { reason: 'ContainerCreating' } },
      lastState: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } },
      restartCount: 2,
    })
  })

  test('is counted once: what was told of its loss is the count of the next one', () => {
    const lost = {
      terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' },
    }
    const told = {
      ...{ name: 'web', image: 'web:1', imageID: '', ready: false, restartCount: 2 },
      ...{ state: { waiting: { reason: 'ContainerCreating' } }, lastState: lost },
    }
    const pod = testPod({}, { status: { phase: 'Pending', containerStatuses: [told] } })
    expect(one(pod, observed(none))).toMatchObject({ restartCount: 2, lastState: lost })
    const next = observed({ containers: [testStatus({ attempt: 2 })] })
    expect(one(pod, next)).toMatchObject({ restartCount: 2, lastState: lost, state: { running: {} } })
  })

  test('that ended keeps its end when the pod is deleted and everything is gone here', () => {
    const state = { terminated: { exitCode: 0, reason: 'Completed' } }
    const known = { name: 'web', image: '', imageID: '', ready: false, restartCount: 0, containerID: 'c', state }
    const metadata = { deletionTimestamp: now }
    const pod = testPod({}, { metadata, status: { phase: 'Running', containerStatuses: [known] } })
    expect(one(pod, observed(none))?.state).toEqual(state)
  })
})

describe('conditions', () => {
  const brief = (pod: Pod, seen: Observed) =>
    Object.fromEntries(
      (status(pod, seen).conditions ?? []).map(c => [
        c.type,
        [c.status, c.reason, c.message].filter(Boolean).join(' '),
      ]),
    )

  test('of a pod that is new here', () => {
    expect(brief(testPod(), observed(none))).toEqual({
      PodReadyToStartContainers: 'False',
      Initialized: 'True',
      Ready: 'False ContainersNotReady containers with unready status: [web]',
      ContainersReady: 'False ContainersNotReady containers with unready status: [web]',
      PodScheduled: 'True',
    })
  })

  test('of a pod that initializes', () => {
    const pod = testPod({ initContainers: [testContainer('i'), testContainer('j')] })
    expect(brief(pod, observed({ containers: [exited(0, { name: 'i' })] }))).toMatchObject({
      PodReadyToStartContainers: 'True',
      Initialized: 'False ContainersNotInitialized containers with incomplete status: [j]',
    })
  })

  test('of a pod that runs', () => {
    expect(brief(testPod(), observed({ containers: [testStatus()] }))).toEqual({
      PodReadyToStartContainers: 'True',
      Initialized: 'True',
      Ready: 'True',
      ContainersReady: 'True',
      PodScheduled: 'True',
    })
  })

  test('of a pod that is done', () => {
    const seen = observed({ sandboxes: [testSandbox({ state: 'not-ready' })], containers: [exited(0)] })
    expect(brief(testPod(never), seen)).toEqual({
      PodReadyToStartContainers: 'False',
      Initialized: 'True PodCompleted',
      Ready: 'False PodCompleted',
      ContainersReady: 'False PodCompleted',
      PodScheduled: 'True',
    })
    expect(brief(testPod(never), observed({ containers: [exited(1)] })).Ready).toBe('False PodFailed')
  })

  test('a sidecar that is not ready counts', () => {
    const pod = testPod({ initContainers: [testContainer('s', { restartPolicy: 'Always' })] })
    expect(brief(pod, observed({ containers: [testStatus(), exited(1, { name: 's' })] })).ContainersReady).toBe(
      'False ContainersNotReady containers with unready status: [s]',
    )
  })

  test('readiness gates hold Ready back alone', () => {
    const pod = testPod(
      { readinessGates: [{ conditionType: 'example.com/a' }, { conditionType: 'example.com/b' }] },
      { status: { conditions: [{ type: 'example.com/b', status: 'False' }] } },
    )
    const found = brief(pod, observed({ containers: [testStatus()] }))
    expect(found.ContainersReady).toBe('True')
    expect(found.Ready).toBe(
      'False ReadinessGatesNotReady corresponding condition of pod readiness gate "example.com/a" does not exist., the status of pod readiness gate "example.com/b" is not "True", but False',
    )
  })

  test('keep their time while their status stays', () => {
    const before = '2025-06-01T00:00:00Z'
    const conditions = [
      { type: 'Ready', status: 'True', lastTransitionTime: before },
      { type: 'ContainersReady', status: 'False', lastTransitionTime: before },
    ]
    const found = status(testPod({}, { status: { conditions } }), observed({ containers: [testStatus()] })).conditions
    const timeOf = (type: string) => found?.find(condition => condition.type === type)?.lastTransitionTime
    expect([timeOf('Ready'), timeOf('ContainersReady')]).toEqual([before, now])
  })
})

describe('the rest', () => {
  test('addresses, start, class and generation', () => {
    expect(status(testPod({}, { metadata: { generation: 7 } }), observed())).toMatchObject({
      observedGeneration: 7,
      hostIP: '192.0.2.1',
      hostIPs: [{ ip: '192.0.2.1' }],
      podIP: '10.244.0.5',
      podIPs: [{ ip: '10.244.0.5' }],
      startTime: now,
      qosClass: 'BestEffort',
    })
  })

  test("a pod in its node's network has the node's address", () => {
    expect(status(testPod({ hostNetwork: true }), observed(none)).podIP).toBe('192.0.2.1')
  })

  test('a pod that has ended keeps its address and its start', () => {
    const old = { podIP: '10.0.0.9', podIPs: [{ ip: '10.0.0.9' }], startTime: '2025-01-01T00:00:00Z' }
    expect(status(testPod(never, { status: old }), observed(none))).toMatchObject(old)
  })

  test('a rejected pod', () => {
    expect(rejectedStatus(testPod(), 'OutOfcpu', 'too little', nowMs)).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: 'Pod was rejected: too little',
    })
  })
})
