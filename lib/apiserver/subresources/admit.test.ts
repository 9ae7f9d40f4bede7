import { expect, test } from '@jest/globals'
import { StatusError } from '../../api/errors.ts'
import { pods } from '../../kinds/core/pod.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../admission/plugin.ts'
import type { ApiRequest } from '../chain.ts'
import type { ServerContext } from '../context.ts'
import { Registry } from '../registry.ts'
import { requestInfo } from '../request-info.ts'
import { connected } from './admit.ts'

const user = { name: 'jane', groups: [], extra: {} }
const info = requestInfo('POST', '/api/v1/namespaces/a/pods/web/exec', new URLSearchParams())
const request = { info, user, warnings: [] } as unknown as ApiRequest
const contextWith = (plugin: AdmissionPlugin) =>
  ({ registry: new Registry([pods]), admission: [plugin] }) as unknown as ServerContext
const exec = { group: '', version: 'v1', kind: 'PodExecOptions', container: 'c', command: ['ls'] }

test('plugins see a connection with its options', async () => {
  const seen: AdmissionRequest[] = []
  const plugin: AdmissionPlugin = {
    name: 'Seeing',
    handles: ({ operation }) => operation === 'CONNECT',
    validate: admission => void seen.push(admission),
  }
  await connected(request, contextWith(plugin), exec)
  expect(seen).toMatchObject([
    {
      operation: 'CONNECT',
      resource: { plural: 'pods' },
      subresource: 'exec',
      namespace: 'a',
      name: 'web',
      object: { apiVersion: 'v1', kind: 'PodExecOptions', container: 'c', command: ['ls'] },
      user,
    },
  ])
})

test('and may refuse it', async () => {
  const plugin: AdmissionPlugin = {
    name: 'Refusing',
    handles: () => true,
    validate() {
      throw new StatusError(403, 'Forbidden', 'no')
    },
  }
  await expect(connected(request, contextWith(plugin), exec)).rejects.toThrow('no')
})
