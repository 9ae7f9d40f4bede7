import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type ClusterNames, ensureClusterPki, leaves } from './cluster-pki.ts'
import { createCa, issue } from './issue.ts'
import { readKeyPair, renewalReason, writeKeyPair } from './key-pair-file.ts'

const names: ClusterNames = {
  nodeName: 'node-1',
  advertiseAddress: '192.0.2.1',
  serviceAddress: '10.96.0.1',
  clusterDomain: 'cluster.local',
}
const now = Date.now()
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'binnacle-pki-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('everything is made once, keys are for their owner alone, and a second call changes nothing', async () => {
  const made = await ensureClusterPki(dir, names, now)
  expect(made.map(change => change.path).sort()).toEqual(
    ['ca', 'etcd/ca', 'front-proxy-ca', 'sa', ...leaves(names).map(leaf => leaf.path)].sort(),
  )
  const files = (await readdir(dir, { recursive: true })).filter(file => file.endsWith('.key'))
  const modes = await Promise.all(files.map(async file => (await stat(join(dir, file))).mode & 0o777))
  expect(new Set(modes)).toEqual(new Set([0o600]))
  expect(await ensureClusterPki(dir, names, now)).toEqual([])
})

test('a certificate is who it says, signed by its authority', async () => {
  await ensureClusterPki(dir, names, now)
  const kubelet = new X509Certificate(await readFile(join(dir, 'kubelet-node-1.crt')))
  expect(kubelet.subject).toBe('O=system:nodes\nCN=system:node:node-1')
  expect(kubelet.verify(new X509Certificate(await readFile(join(dir, 'ca.crt'))).publicKey)).toBe(true)
  const server = new X509Certificate(await readFile(join(dir, 'apiserver.crt')))
  expect(server.checkIP('10.96.0.1')).toBe('10.96.0.1')
  expect(server.checkHost('kubernetes.default.svc.cluster.local')).toBeTruthy()
})

test('what is near expiry, or lacks a name, is renewed; the CA stays', async () => {
  await ensureClusterPki(dir, names, now)
  const ca = await readFile(join(dir, 'ca.crt'), 'utf8')
  const elevenMonths = now + 340 * 24 * 3600 * 1000
  expect((await ensureClusterPki(dir, names, elevenMonths)).map(change => change.path)).toContain('admin')
  const moved = { ...names, advertiseAddress: '192.0.2.2' }
  const changed = await ensureClusterPki(dir, moved, now)
  expect(changed.map(change => change.path).sort()).toEqual([
    'apiserver',
    'component-serving',
    'etcd/server',
    'kubelet-node-1-serving',
  ])
  expect(changed.map(change => change.why)).toEqual(Array(4).fill('it does not name 192.0.2.2'))
  expect(await readFile(join(dir, 'ca.crt'), 'utf8')).toBe(ca)
})

test('a certificate of another CA, or for another subject, does not serve', async () => {
  const [ca, other] = await Promise.all([createCa({ commonName: 'a' }), createCa({ commonName: 'b' })])
  const pair = await issue(ca, { commonName: 'jane', organizations: ['dev'], usages: ['client'] })
  await writeKeyPair(join(dir, 'jane'), pair)
  expect(await readKeyPair(join(dir, 'jane'))).toEqual(pair)
  const jane = { commonName: 'jane', organizations: ['dev'] }
  expect(renewalReason(pair.cert, ca.cert, jane, now)).toBeUndefined()
  expect(renewalReason(pair.cert, other.cert, jane, now)).toBe('it is signed by another CA')
  expect(renewalReason(pair.cert, ca.cert, { commonName: 'jane' }, now)).toBe('its subject is another')
})

test('a name is taken to the letter', async () => {
  const ca = await createCa({ commonName: 'ca' })
  const pair = await issue(ca, { commonName: 'jane, "the" \\x', organizations: ['#00ff'], usages: ['client'] })
  const subject = new X509Certificate(pair.cert).toLegacyObject().subject as unknown as Record<string, string>
  expect(subject).toEqual({ CN: 'jane, "the" \\x', O: '#00ff' })
})
