import { describe, expect, test } from '@jest/globals'
import { exited, nowMs, observed, testContainer, testPod, testSandbox, testStatus } from '../../test/harness/kubelet.ts'
import type { Observed } from './observed.ts'
import type { ContainerState, Pod } from './pod.ts'
import { type PodAction, podActions } from './pod-actions.ts'
import { backOffAnnotation } from './restart-back-off.ts'

/** An action in a few words. */
function brief(action: PodAction): string {
  switch (action.type) {
    case 'create-sandbox':
      return `create-sandbox ${action.attempt}`
    case 'stop-sandbox':
    case 'remove-sandbox':
      return `${action.type} ${action.id}`
    case 'start-container':
      return `start ${action.container.spec.name} ${action.attempt}`
    case 'kill-container':
      return `kill ${action.container.id} ${action.graceSeconds}s`
    case 'remove-container':
      return `remove ${action.container.id}`
    case 'back-off':
      return `back-off ${action.container.spec.name} ${action.untilMs - nowMs}`
    case 'wait':
      return `wait ${action.untilMs - nowMs}`
    case 'finish':
      return 'finish'
  }
}

const decide = (pod: Pod, seen: Observed) => podActions(pod, seen, nowMs).map(brief)

const deleted = { metadata: { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 } }
const two = { containers: [testContainer('a'), testContainer('b')] }
const init = (name: string) => testContainer(name)
const sidecar = (name: string, more = {}) => testContainer(name, { restartPolicy: 'Always', ...more })
const none = { sandboxes: [] }
const failure = (inMs: number) => ({ reason: 'x', message: 'y', retryAtMs: nowMs + inMs })
const withBackOff = (ms: number) => ({ annotations: { [backOffAnnotation]: String(ms) } })
/** What the API was told of a container whose restart count is 2, and which the runtime does not know any more. */
const toldOf = (state: ContainerState, lastEnded?: string) => ({
  status: {
    containerStatuses: [
      {
        ...{ name: 'web', image: '', imageID: '', ready: false, restartCount: 2, containerID: 'containerd://x', state },
        ...(lastEnded ? { lastState: { terminated: { exitCode: 1, containerID: lastEnded } } } : {}),
      },
    ],
  },
})

describe('podActions', () => {
  const cases: [name: string, pod: Pod, seen: Observed, actions: string[]][] = [
    ['a new pod gets a sandbox first', testPod(), observed(none), ['create-sandbox 0']],
    [
      'a sandbox that failed is waited for',
      testPod(),
      observed({ ...none, failures: new Map([['', failure(500)]]) }),
      ['wait 500'],
    ],
    ['and tried again', testPod(), observed({ ...none, failures: new Map([['', failure(0)]]) }), ['create-sandbox 0']],
    ['all containers start in a fresh sandbox', testPod(two), observed(), ['start a 0', 'start b 0']],
    ['a running pod is left alone', testPod(), observed({ containers: [testStatus()] }), []],
    [
      'only what does not run is started',
      testPod(two),
      observed({ containers: [testStatus({ name: 'a' })] }),
      ['start b 0'],
    ],
    // restart policies
    ['Always restarts what succeeded', testPod(), observed({ containers: [exited(0)] }), ['start web 1']],
    [
      'OnFailure does not restart what succeeded',
      testPod({ ...two, restartPolicy: 'OnFailure' }),
      observed({ containers: [testStatus({ name: 'a' }), exited(0, { name: 'b' })] }),
      [],
    ],
    [
      'OnFailure restarts what failed',
      testPod({ restartPolicy: 'OnFailure' }),
      observed({ containers: [exited(1)] }),
      ['start web 1'],
    ],
    [
      'Never restarts nothing: the pod ends',
      testPod({ restartPolicy: 'Never' }),
      observed({ containers: [exited(1)] }),
      ['stop-sandbox s0'],
    ],
    [
      'the policy of a container goes before that of its pod',
      testPod({ restartPolicy: 'Never', containers: [testContainer('web', { restartPolicy: 'OnFailure' })] }),
      observed({ containers: [exited(1)] }),
      ['start web 1'],
    ],
    [
      'a rule for an exit code goes before both',
      testPod({
        restartPolicy: 'Never',
        containers: [
          testContainer('web', {
            restartPolicy: 'Never',
            restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }],
          }),
        ],
      }),
      observed({ containers: [exited(42)] }),
      ['start web 1'],
    ],
    [
      'a done pod without sandbox is finished',
      testPod({ restartPolicy: 'Never' }),
      observed({ sandboxes: [testSandbox({ state: 'not-ready' })], containers: [exited(0)] }),
      ['finish'],
    ],
    // back-off
    [
      'the first restart is at once',
      testPod(),
      observed({ containers: [exited(1, { finishedAtMs: nowMs })] }),
      ['start web 1'],
    ],
    [
      'the next waits for the back-off that stands on the container',
      testPod(),
      observed({ containers: [exited(1, { attempt: 1, ...withBackOff(10_000) })] }),
      ['back-off web 9000'],
    ],
    [
      'and starts when it is over',
      testPod(),
      observed({ containers: [exited(1, { attempt: 1, finishedAtMs: nowMs - 10_000, ...withBackOff(10_000) })] }),
      ['start web 2'],
    ],
    [
      'a failed start is waited for',
      testPod(),
      observed({ failures: new Map([['web', failure(2000)]]) }),
      ['wait 2000'],
    ],
    // init containers
    [
      'init containers run one after the other',
      testPod({ initContainers: [init('i'), init('j')] }),
      observed(),
      ['start i 0'],
    ],
    [
      'a running init container is waited for',
      testPod({ initContainers: [init('i'), init('j')] }),
      observed({ containers: [testStatus({ name: 'i' })] }),
      [],
    ],
    [
      'the next follows a success',
      testPod({ initContainers: [init('i'), init('j')] }),
      observed({ containers: [exited(0, { name: 'i' })] }),
      ['start j 0'],
    ],
    [
      'containers follow the last',
      testPod({ initContainers: [init('i')] }),
      observed({ containers: [exited(0, { name: 'i' })] }),
      ['start web 0'],
    ],
    [
      'a failed init container is tried again',
      testPod({ initContainers: [init('i')] }),
      observed({ containers: [exited(1, { name: 'i' })] }),
      ['start i 1'],
    ],
    [
      'with Never its failure ends the pod',
      testPod({ initContainers: [init('i')], restartPolicy: 'Never' }),
      observed({ containers: [exited(1, { name: 'i' })] }),
      ['stop-sandbox s0'],
    ],
    [
      'init containers run again in a new sandbox',
      testPod({ initContainers: [init('i')] }),
      observed({
        sandboxes: [testSandbox({ id: 's1', attempt: 1 })],
        containers: [exited(0, { name: 'i' }), exited(137)],
      }),
      ['start i 1'],
    ],
    [
      'but not while containers of this sandbox are there',
      testPod({ initContainers: [init('i')] }),
      observed({ containers: [exited(1)] }),
      ['start web 1'],
    ],
    // sidecars
    [
      'a sidecar does not hold up what follows once it runs',
      testPod({ initContainers: [sidecar('s')] }),
      observed({ containers: [testStatus({ name: 's' })] }),
      ['start web 0'],
    ],
    [
      'but does while its startup probe has not passed',
      testPod({ initContainers: [sidecar('s', { startupProbe: { exec: { command: ['true'] } } })] }),
      observed({ containers: [testStatus({ name: 's' })] }),
      [],
    ],
    [
      'a sidecar is restarted even after a success and with Never',
      testPod({ restartPolicy: 'Never', initContainers: [sidecar('s')] }),
      observed({ containers: [testStatus(), exited(0, { name: 's' })] }),
      ['start s 1'],
    ],
    [
      'a sidecar does not keep a pod whose containers are done',
      testPod({ restartPolicy: 'Never', initContainers: [sidecar('s')] }),
      observed({ containers: [exited(0), testStatus({ name: 's' })] }),
      ['kill s-0 30s'],
    ],
    // probes
    [
      'a container that failed its liveness probe is killed',
      testPod(),
      observed({ containers: [testStatus()], probes: new Map([['web-0', { failed: 'liveness' as const }]]) }),
      ['kill web-0 30s'],
    ],
    [
      "within the probe's own grace period",
      testPod({
        containers: [testContainer('web', { livenessProbe: { terminationGracePeriodSeconds: 5 } })],
      }),
      observed({ containers: [testStatus()], probes: new Map([['web-0', { failed: 'liveness' as const }]]) }),
      ['kill web-0 5s'],
    ],
    // sandbox gone
    [
      'a sandbox that died is replaced',
      testPod(),
      observed({ sandboxes: [testSandbox({ state: 'not-ready' })], containers: [exited(137)] }),
      ['stop-sandbox s0', 'create-sandbox 1'],
    ],
    [
      'what still runs in it is killed first',
      testPod(),
      observed({ sandboxes: [testSandbox({ state: 'not-ready' })], containers: [testStatus()] }),
      ['kill web-0 30s'],
    ],
    [
      'restart counts go on in a new sandbox',
      testPod(),
      observed({ sandboxes: [testSandbox({ id: 's1', attempt: 1 })], containers: [exited(137, { attempt: 3 })] }),
      ['start web 4'],
    ],
    [
      'and when the runtime has forgotten everything',
      testPod(
        {},
        {
          status: {
            containerStatuses: [
              { name: 'web', image: '', imageID: '', ready: true, restartCount: 2, containerID: 'containerd://x' },
            ],
          },
        },
      ),
      observed(),
      ['start web 3'],
    ],
    [
      'a loss that the API was told of is counted already',
      testPod(
        {},
        { status: { containerStatuses: [{ name: 'web', image: '', imageID: '', ready: false, restartCount: 2 }] } },
      ),
      observed(),
      ['start web 2'],
    ],
    [
      'one that was made and never ran is no loss',
      testPod({}, toldOf({ waiting: { reason: 'ContainerCreating' } })),
      observed(),
      ['start web 2'],
    ],
    [
      'one that had ended and waited to run again is',
      testPod({}, toldOf({ waiting: { reason: 'CrashLoopBackOff' } }, 'containerd://x')),
      observed(),
      ['start web 3'],
    ],
    [
      'one that was made after another had ended is not',
      testPod({}, toldOf({ waiting: { reason: 'ContainerCreating' } }, 'containerd://w')),
      observed(),
      ['start web 2'],
    ],
    // deletion
    [
      'a deleted pod has its containers killed side by side',
      testPod(two, deleted),
      observed({ containers: [testStatus({ name: 'a' }), testStatus({ name: 'b' })] }),
      ['kill a-0 30s', 'kill b-0 30s'],
    ],
    [
      'within what is left of its grace period',
      testPod({}, deleted),
      observed({ containers: [testStatus()], terminatingSinceMs: nowMs - 12_000 }),
      ['kill web-0 18s'],
    ],
    [
      'which is never shorter than two seconds',
      testPod({}, deleted),
      observed({ containers: [testStatus()], terminatingSinceMs: nowMs - 60_000 }),
      ['kill web-0 2s'],
    ],
    [
      'sidecars end after the others',
      testPod({ initContainers: [sidecar('s'), sidecar('t')] }, deleted),
      observed({ containers: [testStatus(), testStatus({ name: 's' }), testStatus({ name: 't' })] }),
      ['kill web-0 30s'],
    ],
    [
      'the last that was started first',
      testPod({ initContainers: [sidecar('s'), sidecar('t')] }, deleted),
      observed({ containers: [exited(0), testStatus({ name: 's' }), testStatus({ name: 't' })] }),
      ['kill t-0 30s'],
    ],
    ['then its sandbox is stopped', testPod({}, deleted), observed({ containers: [exited(0)] }), ['stop-sandbox s0']],
    ['then it is finished', testPod({}, deleted), observed(none), ['finish']],
    ['a deleted pod is not started', testPod({}, deleted), observed(none), ['finish']],
    [
      'a pod that failed for good is not started',
      testPod({}, { status: { phase: 'Failed' } }),
      observed(none),
      ['finish'],
    ],
    // leftovers
    [
      'the newest and the one before stay',
      testPod(),
      observed({ containers: [testStatus({ attempt: 3 }), exited(1, { attempt: 2 }), exited(1, { attempt: 1 })] }),
      ['remove web-1'],
    ],
    [
      'a sandbox that holds nothing goes',
      testPod(),
      observed({
        sandboxes: [testSandbox({ id: 's1', attempt: 1 }), testSandbox({ state: 'not-ready' })],
        containers: [testStatus({ sandboxId: 's1' })],
      }),
      ['remove-sandbox s0'],
    ],
  ]
  test.each(cases)('%s', (_, pod, seen, actions) => {
    expect(decide(pod, seen)).toEqual(actions)
  })

  test('what a start writes down as the next back-off doubles to five minutes', () => {
    const next = (ms: number | undefined) => {
      const last = exited(1, {
        attempt: 1,
        finishedAtMs: nowMs - 600_000,
        createdAtMs: nowMs - 601_000,
        ...(ms ? withBackOff(ms) : {}),
      })
      const [action] = podActions(testPod(), observed({ containers: [last] }), nowMs)
      return action?.type === 'start-container' ? action.backOffMs : undefined
    }
    expect([next(undefined), next(10_000), next(160_000), next(300_000)]).toEqual([10_000, 20_000, 300_000, 300_000])
  })

  test('after ten minutes of peace a back-off is forgotten', () => {
    const last = exited(1, { attempt: 5, createdAtMs: nowMs - 700_000, finishedAtMs: nowMs, ...withBackOff(300_000) })
    const [action] = podActions(testPod(), observed({ containers: [last] }), nowMs)
    expect(action).toMatchObject({ type: 'start-container', attempt: 6, backOffMs: 10_000 })
  })
})
