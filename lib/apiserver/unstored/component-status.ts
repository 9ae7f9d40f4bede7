// GET of componentstatuses: asks the scheduler and the controller manager for their /healthz, and etcd for a key.

import { get as httpsGet } from 'node:https'
import { StatusError } from '../../api/errors.ts'
import { apiVersionOf } from '../../api/resource.ts'
import { type ComponentStatus, componentStatuses } from '../../kinds/core/component-status.ts'
import { encode } from '../../storage/codec.ts'
import { answerList, answerObject } from '../answer.ts'
import type { ServerContext } from '../context.ts'
import { type ResourceHandler, rangeOf } from '../resource-request.ts'
import { selectionOf } from '../selection.ts'
import type { UnstoredKind } from './unstored-kind.ts'

interface Health {
  isWell: boolean
  message?: string
  error?: string
}

const timeoutMs = 20_000
const etcdTimeoutMs = 2000

/** In the order in which they are listed. */
function checksOf({ config, store }: ServerContext): Map<string, () => Promise<Health>> {
  const urls = Object.entries(config.componentHealth)
  return new Map([
    ...urls.map(([name, url]) => [name, () => askHealth(url)] as const),
    ['etcd-0', () => askEtcd(store)],
  ])
}

async function askEtcd(store: ServerContext['store']): Promise<Health> {
  try {
    await store.get('health', AbortSignal.timeout(etcdTimeoutMs))
    return { isWell: true, message: 'ok' }
  } catch (error) {
    return { isWell: false, error: (error as Error).message }
  }
}

/** On this machine, whose certificate is not looked at: so it is upstream. */
async function askHealth(url: string): Promise<Health> {
  try {
    const { status, text } = await fetchText(url)
    return { isWell: status >= 200 && status < 400, message: text }
  } catch (error) {
    return { isWell: false, message: `Get ${JSON.stringify(url)}: ${failureText(error as NodeJS.ErrnoException)}` }
  }
}

function fetchText(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs)
    const request = httpsGet(url, { rejectUnauthorized: false, signal }, async response => {
      try {
        let text = ''
        for await (const part of response.setEncoding('utf8')) text += part
        resolve({ status: response.statusCode ?? 0, text })
      } catch (error) {
        reject(error)
      }
    })
    request.on('error', reject)
  })
}

/** As Go says it. */
function failureText({ code, message, address, port }: NodeJS.ErrnoException & { address?: string; port?: number }) {
  if (code !== 'ECONNREFUSED') return message
  return `dial tcp ${address}:${port}: connect: connection refused`
}

async function statusOf(name: string, check: () => Promise<Health>): Promise<ComponentStatus> {
  const { isWell, message, error } = await check()
  const condition = {
    type: 'Healthy',
    status: isWell ? 'True' : 'False',
    ...(message ? { message } : {}),
    ...(error ? { error } : {}),
  }
  return {
    kind: componentStatuses.kind,
    apiVersion: apiVersionOf(componentStatuses),
    metadata: { name },
    conditions: [condition],
  }
}

const get: ResourceHandler = async r => {
  const { name } = r.request.info
  const check = checksOf(r.context).get(name)
  if (!check) throw new StatusError(500, '', `Component not found: ${name}`)
  return answerObject(r, await statusOf(name, check))
}

const list: ResourceHandler = async r => {
  const selection = selectionOf(r.def, rangeOf(r), r.request.query)
  const all = [...checksOf(r.context)].map(([name, check]) => statusOf(name, check))
  const items = (await Promise.all(all)).map(object => ({
    key: `${r.def.plural}/${object.metadata.name}`,
    object,
    bytes: encode(object),
    labels: {},
  }))
  return answerList(
    r,
    items.filter(item => selection.matches?.(item) ?? true),
    {},
  )
}

export const componentStatusHandlers: UnstoredKind = { resource: componentStatuses, handlers: { get, list } }
