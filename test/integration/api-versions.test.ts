// Two versions over one storage, asked of a real server: autoscalers and events. And the two kinds that are not stored.

import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'

const describe = await describeWithEtcd()
const space = 'namespaces/default'
const hpaV1 = `/apis/autoscaling/v1/${space}/horizontalpodautoscalers`
const hpaV2 = `/apis/autoscaling/v2/${space}/horizontalpodautoscalers`
const coreEvents = `/api/v1/${space}/events`
const newEvents = `/apis/events.k8s.io/v1/${space}/events`
const merge = { 'content-type': 'application/merge-patch+json' }
const annotation = 'autoscaling.alpha.kubernetes.io'

describe('kinds of several versions', () => {
  let api: TestApiServer
  let scheduler: Server
  beforeAll(async () => {
    api = await startApiServer()
    await api.ask('POST', `/api/v1/${space}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
  }, 60_000)
  afterAll(async () => {
    scheduler?.close()
    await api?.stop()
  })

  /** The changes of one object after a list, as one version shows them. */
  async function changes(path: string, from: string, name: string) {
    const query = `watch=true&resourceVersion=${from}&fieldSelector=metadata.name%3D${name}&timeoutSeconds=1`
    const { text } = await api.ask('GET', `${path}?${query}`)
    return text
      .trim()
      .split('\n')
      .filter(line => line)
      .map(line => JSON.parse(line))
  }
  const versionOf = async (path: string) => (await api.ask('GET', path)).json.metadata.resourceVersion

  describe('HorizontalPodAutoscaler', () => {
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }

    test('written as v1, read as v2', async () => {
      const from = await versionOf(hpaV1)
      const spec = { scaleTargetRef: target, maxReplicas: 5, targetCPUUtilizationPercentage: 60 }
      const made = await api.ask('POST', hpaV1, { body: { metadata: { name: 'old' }, spec } })
      expect([made.status, made.json.apiVersion, made.json.spec]).toEqual([
        201,
        'autoscaling/v1',
        { ...spec, minReplicas: 1 },
      ])
      const { json } = await api.ask('GET', `${hpaV2}/old`)
      expect([json.apiVersion, json.metadata.resourceVersion]).toEqual([
        'autoscaling/v2',
        made.json.metadata.resourceVersion,
      ])
      expect(json.spec).toEqual({
        scaleTargetRef: target,
        minReplicas: 1,
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
      })
      for (const [path, version] of [
        [hpaV1, 'autoscaling/v1'],
        [hpaV2, 'autoscaling/v2'],
      ] as const) {
        const events = await changes(path, from, 'old')
        expect(events.map(({ type, object }) => [type, object.apiVersion])).toEqual([['ADDED', version]])
      }
    })

    test('patched in either version; what v1 cannot say stands in annotations, and is kept', async () => {
      const metric = {
        type: 'Pods',
        pods: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } },
      }
      const spec = { scaleTargetRef: target, maxReplicas: 5, metrics: [metric] }
      const made = await api.ask('POST', hpaV2, { body: { metadata: { name: 'new' }, spec } })
      expect(made.status).toBe(201)
      const asV1 = (await api.ask('GET', `${hpaV1}/new`)).json
      expect(asV1.metadata.annotations[`${annotation}/metrics`]).toBe(
        '[{"type":"Pods","pods":{"metricName":"queue","targetAverageValue":"30"}}]',
      )
      const raised = await api.ask('PATCH', `${hpaV1}/new`, { body: { spec: { maxReplicas: 9 } }, headers: merge })
      expect(raised.json.spec.maxReplicas).toBe(9)
      const behavior = { scaleDown: { stabilizationWindowSeconds: 5 } }
      const slowed = await api.ask('PATCH', `${hpaV2}/new`, { body: { spec: { behavior } }, headers: merge })
      expect(slowed.json.metadata.annotations).toBeUndefined()
      expect(slowed.json.spec).toMatchObject({ maxReplicas: 9, metrics: [metric], behavior })
      const text = (await api.ask('GET', `${hpaV1}/new`)).json.metadata.annotations[`${annotation}/behavior`]
      expect(JSON.parse(text).ScaleDown).toMatchObject({ StabilizationWindowSeconds: 5, SelectPolicy: 'Max' })
    })

    test('the status is separate in both, and both refuse the same', async () => {
      const status = { currentReplicas: 2, desiredReplicas: 3, currentCPUUtilizationPercentage: 40 }
      const conditions = [{ type: 'AbleToScale', status: 'True', reason: 'R', message: 'm' }]
      await api.ask('POST', hpaV1, {
        body: { metadata: { name: 'status' }, spec: { scaleTargetRef: target, maxReplicas: 5 }, status },
      })
      expect((await api.ask('GET', `${hpaV1}/status`)).json.status).toEqual({ currentReplicas: 0, desiredReplicas: 0 })
      await api.ask('PATCH', `${hpaV1}/status/status`, { body: { status }, headers: merge })
      await api.ask('PATCH', `${hpaV2}/status/status`, { body: { status: { conditions } }, headers: merge })
      const { json } = await api.ask('GET', `${hpaV1}/status/status`)
      expect(json.status).toEqual(status)
      expect(JSON.parse(json.metadata.annotations[`${annotation}/conditions`])).toMatchObject(conditions)
      const cleared = await api.ask('PUT', `${hpaV1}/status`, { body: { ...json, status: {} } })
      expect(cleared.json.status).toEqual(status)
      for (const path of [hpaV1, hpaV2]) {
        const body = { spec: { maxReplicas: 0 } }
        const { status: code, json } = await api.ask('PATCH', `${path}/status`, { body, headers: merge })
        expect([code, json.message]).toEqual([
          422,
          'HorizontalPodAutoscaler.autoscaling "status" is invalid: [spec.maxReplicas: Invalid value: 0: must be greater than 0, spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`]',
        ])
      }
    })

    test('deleted in one version, it is gone in the other', async () => {
      await api.ask('POST', hpaV1, {
        body: { metadata: { name: 'gone' }, spec: { scaleTargetRef: target, maxReplicas: 5 } },
      })
      const from = await versionOf(hpaV2)
      expect((await api.ask('DELETE', `${hpaV1}/gone`)).status).toBe(200)
      expect((await api.ask('GET', `${hpaV2}/gone`)).status).toBe(404)
      const [event] = await changes(hpaV2, from, 'gone')
      expect([event.type, event.object.apiVersion]).toEqual(['DELETED', 'autoscaling/v2'])
    })
  })

  describe('Event', () => {
    const about = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web' }
    const event = (name: string) => ({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'example.com/a',
      reportingInstance: 'a-1',
      action: 'Start',
      reason: 'Started',
      type: 'Normal',
      note: 'it runs',
      regarding: about,
    })

    test('the same facts under both groups, selected by the names of each', async () => {
      expect((await api.ask('POST', newEvents, { body: event('both') })).status).toBe(201)
      expect((await api.ask('GET', `${coreEvents}/both`)).json).toMatchObject({
        apiVersion: 'v1',
        involvedObject: about,
        message: 'it runs',
        reportingComponent: 'example.com/a',
      })
      const selected = async (path: string, field: string) =>
        (await api.ask('GET', `${path}?fieldSelector=${field}%3Dweb,reason%3DStarted`)).json
      expect((await selected(coreEvents, 'involvedObject.name')).items).toHaveLength(1)
      expect((await selected(newEvents, 'regarding.name')).items).toHaveLength(1)
      expect(await selected(newEvents, 'involvedObject.name')).toMatchObject({ reason: 'BadRequest' })
    })

    test('an older event is read in the newer form', async () => {
      const body = {
        metadata: { name: 'older' },
        involvedObject: about,
        message: 'm',
        count: 3,
        source: { component: 'kubelet' },
        lastTimestamp: '2026-01-01T00:00:00Z',
      }
      expect((await api.ask('POST', coreEvents, { body })).status).toBe(201)
      expect((await api.ask('GET', `${newEvents}/older`)).json).toMatchObject({
        apiVersion: 'events.k8s.io/v1',
        regarding: about,
        note: 'm',
        deprecatedCount: 3,
        deprecatedSource: { component: 'kubelet' },
        deprecatedLastTimestamp: '2026-01-01T00:00:00Z',
      })
    })

    test('through events.k8s.io only a series goes on; core is not so strict', async () => {
      await api.ask('POST', newEvents, { body: event('series') })
      const series = { count: 2, lastObservedTime: '2026-01-01T00:01:00.000000Z' }
      const going = await api.ask('PATCH', `${newEvents}/series`, { body: { series }, headers: merge })
      expect(going.json.series).toEqual(series)
      const changed = await api.ask('PATCH', `${newEvents}/series`, { body: { note: 'other' }, headers: merge })
      expect([changed.status, changed.json.details.causes]).toEqual([
        422,
        [{ reason: 'FieldValueInvalid', message: 'Invalid value: "other": field is immutable', field: 'message' }],
      ])
      const core = await api.ask('PATCH', `${coreEvents}/series`, { body: { message: 'other' }, headers: merge })
      expect(core.status).toBe(200)
    })
  })

  test('a Binding puts a pod on a node, once', async () => {
    const pod = { metadata: { name: 'bound' }, spec: { containers: [{ name: 'a', image: 'b' }] } }
    expect((await api.ask('POST', `/api/v1/${space}/pods`, { body: pod })).status).toBe(201)
    const bind = (metadata: object, target: object) =>
      api.ask('POST', `/api/v1/${space}/bindings`, { body: { apiVersion: 'v1', kind: 'Binding', metadata, target } })
    expect((await bind({ name: 'bound' }, { kind: 'Pod' })).json.details.causes).toMatchObject([
      { field: 'target.kind' },
      { field: 'target.name' },
    ])
    const answer = await bind({ name: 'bound' }, { kind: 'Node', name: 'n1' })
    expect([answer.status, answer.json]).toEqual([
      201,
      { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
    ])
    expect((await api.ask('GET', `/api/v1/${space}/pods/bound`)).json.spec.nodeName).toBe('n1')
    expect((await bind({ name: 'bound' }, { kind: 'Node', name: 'n2' })).status).toBe(409)
    expect((await bind({}, { kind: 'Node', name: 'n2' })).status).toBe(400)
    expect((await api.ask('GET', `/api/v1/${space}/bindings`)).status).toBe(405)
  })

  test('componentstatuses ask who is there, and warn of themselves', async () => {
    scheduler = createServer({ key: api.admin.key, cert: api.admin.cert }, (_, response) => response.end('ok'))
    await new Promise<void>(resolve => scheduler.listen(0, '127.0.0.1', resolve))
    const { port } = scheduler.address() as AddressInfo
    const config = {
      componentHealth: { scheduler: `https://127.0.0.1:${port}/healthz`, nobody: 'https://127.0.0.1:1/healthz' },
    }
    const other = await startApiServer({ config })
    try {
      const { json, headers } = await other.ask('GET', '/api/v1/componentstatuses')
      expect(headers.warning).toBe('299 - "v1 ComponentStatus is deprecated in v1.19+"')
      const healthy = (message: string) => [{ type: 'Healthy', status: 'True', message }]
      const refused = 'Get "https://127.0.0.1:1/healthz": dial tcp 127.0.0.1:1: connect: connection refused'
      expect(json).toEqual({
        kind: 'ComponentStatusList',
        apiVersion: 'v1',
        metadata: {},
        items: [
          { metadata: { name: 'scheduler' }, conditions: healthy('ok') },
          { metadata: { name: 'nobody' }, conditions: [{ type: 'Healthy', status: 'False', message: refused }] },
          { metadata: { name: 'etcd-0' }, conditions: healthy('ok') },
        ],
      })
      const one = await other.ask('GET', '/api/v1/componentstatuses/etcd-0')
      expect(one.json).toMatchObject({ kind: 'ComponentStatus', metadata: { name: 'etcd-0' } })
      const none = await other.ask('GET', '/api/v1/componentstatuses/x')
      expect([none.status, none.json.message]).toEqual([500, 'Component not found: x'])
      expect((await other.ask('DELETE', '/api/v1/componentstatuses/etcd-0')).status).toBe(405)
    } finally {
      await other.stop()
    }
  })
})
