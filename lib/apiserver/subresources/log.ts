// GET of a pod's log: the kubelet has it, and what it says streams back.

import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { badRequest, internalError, notFound, StatusError } from '../../api/errors.ts'
import { type FieldError, invalid, invalidObject, notSupported } from '../../api/field-errors.ts'
import { storageKey } from '../../api/resource.ts'
import { type Pod, pods } from '../../kinds/core/pod.ts'
import type { ApiResponse } from '../chain.ts'
import { kubeletBackend } from '../kubelet-connection.ts'
import { addressOf, type Backend, startRequest } from '../proxy/backend.ts'
import { dialErrorText } from '../proxy/dial-error.ts'
import { isTrue } from '../request-info.ts'
import { textResponse } from '../responses.ts'
import { containerOf } from './pod-container.ts'
import type { SubresourceRoute } from './subresource.ts'

const passedOn = [
  'previous',
  'follow',
  'timestamps',
  'sinceSeconds',
  'sinceTime',
  'tailLines',
  'limitBytes',
  'stream',
] as const

export const podLog: SubresourceRoute = {
  group: '',
  resource: 'pods',
  subresource: 'log',
  verbs: ['get'],
  async handle(request, context) {
    const { namespace, name } = request.info
    await context.cache.fresh(request.signal)
    const pod = context.cache.get(storageKey(pods, { namespace, name }))?.object as Pod | undefined
    if (!pod) throw notFound(pods, name)
    const errors = optionErrors(request.query)
    if (errors.length > 0) throw invalidObject({ group: '', plural: 'pods', kind: 'PodLogOptions' }, name, errors)
    const container = containerOf(pod, request.query.get('container') ?? '')
    // A pod without a node has said nothing yet.
    if (!pod.spec?.nodeName) return textResponse('')
    const path = `/containerLogs/${namespace}/${name}/${container}${queryFor(request.query)}`
    const kubelet = kubeletBackend(context, pod.spec.nodeName)
    const isUnchecked = isTrue(request.query.get('insecureSkipTLSVerifyBackend'))
    return streamed(await reach(isUnchecked ? unchecked(kubelet) : kubelet, path, request.signal), name)
  },
}

/** The client would rather have a log from nobody knows whom than none. */
function unchecked(kubelet: Backend): Backend {
  const { ca: _, ...tls } = kubelet.tls ?? {}
  return { ...kubelet, tls: { ...tls, rejectUnauthorized: false } }
}

/** A kubelet that cannot be reached is an error without a reason, in the words of Go's client. */
async function reach(kubelet: Backend, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const address = addressOf(kubelet)
  try {
    const outgoing = startRequest(kubelet, { method: 'GET', path, headers: { host: address }, signal })
    outgoing.end()
    const [answer] = await once(outgoing, 'response')
    return answer
  } catch (cause) {
    const why = dialErrorText(cause, address)
    throw new StatusError(500, '', `Get "https://${address}${path}": ${why}`, undefined, cause)
  }
}

function queryFor(query: URLSearchParams): string {
  const passed = new URLSearchParams()
  for (const name of passedOn) {
    const value = query.get(name)
    if (value === null || value === '') continue
    const isFlag = name === 'previous' || name === 'follow' || name === 'timestamps'
    if (!isFlag) passed.set(name, value)
    else if (isTrue(value)) passed.set(name, 'true')
  }
  return passed.size > 0 ? `?${passed}` : ''
}

function optionErrors(query: URLSearchParams): FieldError[] {
  const errors: FieldError[] = []
  const atLeast = (name: string, least: number, why: string) => {
    const text = query.get(name)
    if (!text) return
    const value = Number(text)
    if (!Number.isInteger(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
    if (value < least) errors.push(invalid(name, value, why))
  }
  atLeast('tailLines', 0, 'must be greater than or equal to 0')
  atLeast('limitBytes', 1, 'must be greater than 0')
  atLeast('sinceSeconds', 1, 'must be greater than 0')
  if (query.get('sinceSeconds') && query.get('sinceTime')) {
    const why = 'at most one of `sinceTime` or `sinceSeconds` may be specified'
    errors.push({ type: 'FieldValueForbidden', field: '', body: `Forbidden: ${why}` })
  }
  const stream = query.get('stream')
  if (stream) errors.push(...streamErrors(stream, query.has('tailLines')))
  return errors
}

const streams = ['All', 'Stderr', 'Stdout']

function streamErrors(stream: string, hasTail: boolean): FieldError[] {
  const unknown = streams.includes(stream) ? [] : [notSupported('stream', stream, streams)]
  if (stream === 'All' || !hasTail) return unknown
  // Upstream's rule and words, `for now` included: the kubelet counts a tail's lines over both streams together.
  const why = '`tailLines` and specific `stream` are mutually exclusive for now'
  return [...unknown, { type: 'FieldValueForbidden', field: '', body: `Forbidden: ${why}` }]
}

async function streamed(answer: IncomingMessage, name: string): Promise<ApiResponse> {
  const { statusCode = 500 } = answer
  if (statusCode >= 200 && statusCode <= 206) {
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: answer }
  }
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  throw kubeletError(statusCode, Buffer.concat(chunks).toString('utf8'), name)
}

function kubeletError(code: number, text: string, name: string): StatusError {
  if (code === 400) return badRequest(text)
  if (code === 404) {
    const message = `the server could not find the requested resource ( pods/log ${name})`
    return new StatusError(404, 'NotFound', message, { name, kind: 'pods/log' })
  }
  return internalError(new Error(text.trim() || `the kubelet answered ${code}`))
}
