import { expect, test } from '@jest/globals'
import type { Pod } from './pod.ts'
import { podColumns } from './pod-columns.ts'

const now = Date.UTC(2026, 0, 1, 1)
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString().replace('.000', '')

type PodStatus = NonNullable<Pod['status']>
type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]

function container(name: string, state: object, rest: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name, image: 'i', imageID: '', ready: false, restartCount: 0, state, ...rest }
}

function podOf(status: PodStatus, fields: { spec?: object; deleted?: boolean } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-1',
      creationTimestamp: ago(90),
      ...(fields.deleted ? { deletionTimestamp: ago(1) } : {}),
    },
    spec: { containers: [{ name: 'a' }, { name: 'b' }], ...fields.spec },
    status,
  }
}

const cells = (pod: Pod) => podColumns.filter(({ priority }) => priority !== 1).map(column => column.value(pod, now))
const running = (name: string, rest = {}) => container(name, { running: {} }, { ready: true, ...rest })
const waiting = (name: string, reason: string, rest = {}) => container(name, { waiting: { reason } }, rest)
const ended = (name: string, terminated: object, rest = {}) => container(name, { terminated }, rest)
const ready = [{ type: 'Ready', status: 'True' }]
const init = (...names: string[]) => ({ spec: { initContainers: names.map(name => ({ name })) } })
const sidecar = { spec: { initContainers: [{ name: 'side', restartPolicy: 'Always' }] } }

test.each<[string, Pod, string, string, string]>([
  ['pending', podOf({ phase: 'Pending' }), '0/2', 'Pending', '0'],
  ['running', podOf({ phase: 'Running', containerStatuses: [running('a'), running('b')] }), '2/2', 'Running', '0'],
  [
    'restarted',
    podOf({
      phase: 'Running',
      containerStatuses: [
        running('a', { restartCount: 1, lastState: { terminated: { exitCode: 1, finishedAt: ago(5) } } }),
        running('b', { restartCount: 2, lastState: { terminated: { exitCode: 1, finishedAt: ago(300) } } }),
      ],
    }),
    '2/2',
    'Running',
    '3 (5s ago)',
  ],
  [
    'crashing',
    podOf({ phase: 'Running', containerStatuses: [waiting('a', 'CrashLoopBackOff'), running('b')] }),
    '1/2',
    'CrashLoopBackOff',
    '0',
  ],
  [
    'the first container with a reason gives it',
    podOf({ phase: 'Running', containerStatuses: [waiting('a', 'ImagePullBackOff'), waiting('b', 'ErrImagePull')] }),
    '0/2',
    'ImagePullBackOff',
    '0',
  ],
  [
    'completed',
    podOf({
      phase: 'Succeeded',
      containerStatuses: [
        ended('a', { exitCode: 0, reason: 'Completed' }),
        ended('b', { exitCode: 0, reason: 'Completed' }),
      ],
    }),
    '0/2',
    'Completed',
    '0',
  ],
  [
    'one done, one running, ready',
    podOf({
      phase: 'Running',
      conditions: ready,
      containerStatuses: [ended('a', { exitCode: 0, reason: 'Completed' }), running('b')],
    }),
    '1/2',
    'Running',
    '0',
  ],
  [
    'one done, one running, not ready',
    podOf({
      phase: 'Running',
      containerStatuses: [ended('a', { exitCode: 0, reason: 'Completed' }), running('b')],
    }),
    '1/2',
    'NotReady',
    '0',
  ],
  [
    'ended with a code only',
    podOf({ phase: 'Failed', containerStatuses: [ended('a', { exitCode: 3 })] }),
    '0/2',
    'ExitCode:3',
    '0',
  ],
  [
    'ended by a signal',
    podOf({ phase: 'Failed', containerStatuses: [ended('a', { exitCode: 137, signal: 9 })] }),
    '0/2',
    'Signal:9',
    '0',
  ],
  ['evicted', podOf({ phase: 'Failed', reason: 'Evicted' }), '0/2', 'Evicted', '0'],
  [
    'gated',
    podOf({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
    '0/2',
    'SchedulingGated',
    '0',
  ],
  [
    'initializing',
    podOf({ phase: 'Pending', initContainerStatuses: [container('x', { running: {} })] }, init('x', 'y')),
    '0/2',
    'Init:0/2',
    '0',
  ],
  [
    'at the second init container',
    podOf(
      {
        phase: 'Pending',
        initContainerStatuses: [ended('x', { exitCode: 0 }), waiting('y', 'PodInitializing')],
        containerStatuses: [waiting('a', 'PodInitializing')],
      },
      init('x', 'y'),
    ),
    '0/2',
    'Init:1/2',
    '0',
  ],
  [
    'an init container that crashes',
    podOf(
      {
        phase: 'Pending',
        initContainerStatuses: [
          waiting('x', 'CrashLoopBackOff', {
            restartCount: 2,
            lastState: { terminated: { exitCode: 1, finishedAt: ago(60) } },
          }),
        ],
      },
      init('x'),
    ),
    '0/2',
    'Init:CrashLoopBackOff',
    '2 (60s ago)',
  ],
  [
    'an init container that failed',
    podOf({ phase: 'Failed', initContainerStatuses: [ended('x', { exitCode: 1, reason: 'Error' })] }, init('x')),
    '0/2',
    'Init:Error',
    '0',
  ],
  [
    'an init container that failed without a word',
    podOf({ phase: 'Failed', initContainerStatuses: [ended('x', { exitCode: 7 })] }, init('x')),
    '0/2',
    'Init:ExitCode:7',
    '0',
  ],
  [
    'a sidecar counts as a container',
    podOf(
      {
        phase: 'Running',
        initContainerStatuses: [running('side', { started: true, restartCount: 1 })],
        containerStatuses: [running('a'), running('b')],
      },
      sidecar,
    ),
    '3/3',
    'Running',
    '1',
  ],
  [
    'terminating',
    podOf({ phase: 'Running', containerStatuses: [running('a')] }, { deleted: true }),
    '1/2',
    'Terminating',
    '0',
  ],
  ['deleted when it had ended', podOf({ phase: 'Succeeded' }, { deleted: true }), '0/2', 'Succeeded', '0'],
  ['deleted on a lost node', podOf({ phase: 'Running', reason: 'NodeLost' }, { deleted: true }), '0/2', 'Unknown', '0'],
])('%s', (_, pod, readyText, status, restarts) => {
  expect(cells(pod)).toEqual(['web-1', readyText, status, restarts, '90s'])
})

test('names and what -o wide adds', () => {
  expect(podColumns.map(({ name }) => name)).toEqual([
    'Name',
    'Ready',
    'Status',
    'Restarts',
    'Age',
    'IP',
    'Node',
    'Nominated Node',
    'Readiness Gates',
  ])
  const pod = podOf(
    { phase: 'Running', podIPs: [{ ip: '10.244.0.5' }], conditions: [{ type: 'example.com/a', status: 'True' }] },
    {
      spec: { nodeName: 'n', readinessGates: [{ conditionType: 'example.com/a' }, { conditionType: 'example.com/b' }] },
    },
  )
  const wide = podColumns.filter(({ priority }) => priority === 1).map(column => column.value(pod, now))
  expect(wide).toEqual(['10.244.0.5', 'n', '<none>', '1/2'])
  const empty = podColumns.filter(({ priority }) => priority === 1).map(column => column.value(podOf({}), now))
  expect(empty).toEqual(['<none>', '<none>', '<none>', '<none>'])
})
