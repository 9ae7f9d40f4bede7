import { expect, test } from '@jest/globals'
import type { ControllerContext } from '../controller/context.ts'
import type { Node } from '../kinds/core/node.ts'
import { nodeIpamController } from './node-ipam.ts'

test('a range whose write failed is given to no other node: the write may have been done', async () => {
  const node = (name: string): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, uid: `uid-${name}` } })
  const all = [node('a'), node('b'), node('c')]
  const informer = {
    name: 'nodes',
    list: () => all,
    get: (name: string) => all.find(one => one.metadata.name === name),
  }
  const asked: [string, string][] = []
  const context = {
    informers: { of: () => informer },
    options: { clusterCidr: '10.244.0.0/16', nodeCidrMaskSize: 24 },
    client: {
      patch: async (_def: object, { name }: { name: string }, patch: { spec: { podCIDR: string } }) => {
        asked.push([name, patch.spec.podCIDR])
        if (asked.length === 1) throw new Error('the connection is gone')
      },
    },
  } as unknown as ControllerContext
  const controller = nodeIpamController.make(context)
  const { signal } = new AbortController()

  await expect(controller?.reconcile('a', signal)).rejects.toThrow('gone')
  await controller?.reconcile('b', signal)
  await controller?.reconcile('a', signal)
  expect(asked).toEqual([
    ['a', '10.244.0.0/24'],
    ['b', '10.244.1.0/24'],
    ['a', '10.244.0.0/24'],
  ])

  // It never was written, and its node is gone.
  all.shift()
  await controller?.reconcile('c', signal)
  expect(asked.at(-1)).toEqual(['c', '10.244.0.0/24'])
})
