// A watch tells every change once, in order, as the client selected it.

import { type ClientHttp2Session, connect } from 'node:http2'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()
const maps = '/api/v1/namespaces/default/configmaps'

interface Event {
  type: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every shape.
  object: any
}

describe('watch', () => {
  let api: TestApiServer
  let session: ClientHttp2Session
  let etcd: Etcd
  beforeAll(async () => {
    etcd = await startEtcd()
    api = await startApiServer({ etcd })
    session = connect(api.url, { ca: api.caCert, cert: api.admin.cert, key: api.admin.key })
  })
  afterAll(async () => {
    session.destroy()
    await api.stop()
    await etcd.stop()
  })

  /** The events as they come, and whether the stream has ended. */
  const watch = (path: string, headers = {}) => {
    const stream = session.request({ ':path': path, ...headers })
    const seen = { events: [] as Event[], status: 0, isEnded: false, stop: () => stream.close() }
    let text = ''
    stream.on('response', answer => {
      seen.status = Number(answer[':status'])
    })
    stream.on('data', chunk => {
      text += chunk
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      seen.events.push(...lines.map(line => JSON.parse(line) as Event))
    })
    stream.on('end', () => {
      seen.isEnded = true
    })
    return seen
  }
  type Watch = ReturnType<typeof watch>
  const seenBy = async (watcher: Watch, count: number) => {
    await eventually(() => watcher.events.length >= count)
    return watcher.events.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`)
  }
  const make = (name: string, labels = {}) => api.ask('POST', maps, { body: { metadata: { name, labels } } })
  const label = (name: string, labels: Record<string, string | null>) =>
    api.ask('PATCH', `${maps}/${name}`, {
      body: { metadata: { labels } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
  const now = async () => (await api.ask('GET', maps)).json.metadata.resourceVersion

  test('from a list on: every change with its object, the deletion with the last one', async () => {
    const watcher = watch(`${maps}?watch=true&resourceVersion=${await now()}`)
    await make('a')
    await label('a', { x: 'y' })
    await api.ask('DELETE', `${maps}/a`)
    expect(await seenBy(watcher, 3)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
    const [, modified, deleted] = watcher.events
    expect(deleted?.object.metadata.labels).toEqual({ x: 'y' })
    expect(Number(deleted?.object.metadata.resourceVersion)).toBeGreaterThan(
      Number(modified?.object.metadata.resourceVersion),
    )
    watcher.stop()
  })

  test('without a version: what is there first', async () => {
    await make('there')
    const watcher = watch(`${maps}?watch=true&fieldSelector=metadata.name=there`)
    expect(await seenBy(watcher, 1)).toEqual(['ADDED there'])
    await label('there', { a: 'b' })
    expect(await seenBy(watcher, 2)).toEqual(['ADDED there', 'MODIFIED there'])
    watcher.stop()
  })

  test('selectors make changes comings and goings', async () => {
    const watcher = watch(`${maps}?watch=true&labelSelector=app=web&resourceVersion=${await now()}`)
    await make('other', { app: 'db' })
    await make('web', { app: 'db' })
    await label('web', { app: 'web' })
    await label('web', { x: 'y' })
    await label('web', { app: 'db' })
    await label('web', { app: 'web' })
    expect(await seenBy(watcher, 4)).toEqual(['ADDED web', 'MODIFIED web', 'DELETED web', 'ADDED web'])
    watcher.stop()
  })

  test('initial events end with a bookmark that says so', async () => {
    await make('initial')
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const watcher = watch(`${maps}?${query}&fieldSelector=metadata.name=initial`)
    expect(await seenBy(watcher, 2)).toEqual(['ADDED initial', 'BOOKMARK '])
    const bookmark = watcher.events[1]?.object
    expect(bookmark).toMatchObject({
      kind: 'ConfigMap',
      metadata: { annotations: { 'k8s.io/initial-events-end': 'true' } },
    })
    expect(Number(bookmark.metadata.resourceVersion)).toBeGreaterThan(0)
    await label('initial', { a: 'b' })
    expect(await seenBy(watcher, 3)).toContain('MODIFIED initial')
    watcher.stop()
  })

  test('a forgotten version is an error on the stream', async () => {
    const old = await now()
    await make('later')
    // A server that was started later knows nothing of what was before.
    const younger = await startApiServer({ etcd })
    const answer = await younger.ask('GET', `${maps}?watch=true&resourceVersion=${old}`)
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired', status: 'Failure' },
    })
    expect(answer.json.object.message).toMatch(new RegExp(`^too old resource version: ${old} \\(\\d+\\)$`))
    await younger.stop()
  })

  test('ends when its time is over', async () => {
    const watcher = watch(`${maps}?watch=true&timeoutSeconds=1&resourceVersion=${await now()}`)
    await eventually(() => watcher.isEnded)
    expect(watcher.events).toEqual([])
  })

  test('a Table tells its columns once', async () => {
    const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
    const watcher = watch(`${maps}?watch=true&resourceVersion=${await now()}`, headers)
    await make('row')
    await label('row', { a: 'b' })
    await eventually(() => watcher.events.length === 2)
    const [first, second] = watcher.events
    expect(first?.object).toMatchObject({ kind: 'Table', rows: [{ object: { metadata: { name: 'row' } } }] })
    expect(first?.object.columnDefinitions.length).toBeGreaterThan(0)
    expect(second?.object.columnDefinitions).toBeNull()
    watcher.stop()
  })

  test('many watchers see the same, whatever is written meanwhile', async () => {
    const from = await now()
    const watchers = Array.from({ length: 20 }, () => watch(`${maps}?watch=true&resourceVersion=${from}`))
    await Promise.all(Array.from({ length: 50 }, (_, i) => make(`many-${i}`)))
    await eventually(() => watchers.every(({ events }) => events.length === 50))
    const versions = watchers.map(({ events }) => events.map(({ object }) => object.metadata.resourceVersion))
    for (const seen of versions) expect(seen).toEqual(versions[0])
    expect(versions[0]).toEqual([...(versions[0] ?? [])].sort((a, b) => Number(a) - Number(b)))
    for (const watcher of watchers) watcher.stop()
  })
})
