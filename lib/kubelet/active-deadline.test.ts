import { expect, test } from '@jest/globals'
import { nowMs, testPod } from '../../test/harness/kubelet.ts'
import { deadlineMs } from './active-deadline.ts'
import type { Pod } from './pod.ts'

const started = { status: { startTime: new Date(nowMs).toISOString() } }

const cases: [name: string, pod: Pod, expected: number | undefined][] = [
  ['no deadline', testPod({}, started), undefined],
  ['not begun', testPod({ activeDeadlineSeconds: 3 }), undefined],
  ['counted from its start', testPod({ activeDeadlineSeconds: 3 }, started), nowMs + 3000],
]

test.each(cases)('%s', (_, pod, expected) => {
  expect(deadlineMs(pod)).toBe(expected)
})
