// What `up` makes, `down` removes, but for the data; and mistakes are told in one line.

import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { deployments } from '../../lib/kinds/apps/deployment.ts'
import { ExecError, exec } from '../../lib/util/exec.ts'
import { repository, TestCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/eventually.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await TestCluster.start()
}, 180_000)
afterAll(() => cluster?.remove(), 60_000)

const ready = () =>
  eventually(
    async () => {
      const web = await cluster.client.get(deployments, { namespace: 'default', name: 'web' })
      return web.status?.readyReplicas === 3 && (await cluster.tasks()).size === 3
    },
    { timeoutMs: 60_000 },
  )

test('up may be run again and changes nothing', async () => {
  const before = await cluster.processes()
  expect(await cluster.up()).toContain('Ready')
  expect((await cluster.processes()).map(({ pid }) => pid).sort()).toEqual(before.map(({ pid }) => pid).sort())
})

test('down leaves nothing behind, and up goes on with the same data', async () => {
  await cluster.kubectl('apply', '-f', join(repository, 'deploy/examples/web.yaml'))
  await ready()
  await cluster.down()
  expect(await cluster.leftovers()).toEqual([])
  const printed = await cluster.up()
  expect(printed).toMatch(/certificates +in place/)
  expect(printed).toContain(`export KUBECONFIG=${cluster.kubeconfigPath}`)
  await ready()
}, 180_000)

test('a killed supervisor is replaced by the next up, and containers go on', async () => {
  await ready()
  const tasks = await cluster.tasks()
  const supervisor = (await cluster.processes()).find(({ name }) => name === 'supervisor')
  process.kill(supervisor?.pid ?? 0, 'SIGKILL')
  await cluster.up()
  await ready()
  expect(await cluster.tasks()).toEqual(tasks)
}, 120_000)

test('down leaves nothing behind of a cluster whose processes were all killed', async () => {
  await ready()
  // The supervisor first, or it would start the others again.
  const processes = await cluster.processes()
  for (const { pid } of processes.toSorted(
    (a, b) => Number(b.name === 'supervisor') - Number(a.name === 'supervisor'),
  )) {
    process.kill(pid, 'SIGKILL')
  }
  await eventually(async () => (await cluster.processes()).length === 0)
  await cluster.down()
  expect(await cluster.leftovers()).toEqual([])
  await cluster.up()
}, 120_000)

test('everything in memory of the cluster is private: keys are 0600', async () => {
  const { stdout } = await exec('find', [cluster.stateDir, '-name', '*.key', '-not', '-perm', '600'])
  expect(stdout).toBe('')
  const { stdout: configs } = await exec('find', [
    cluster.stateDir,
    '-maxdepth',
    '1',
    '-name',
    '*.conf',
    '-not',
    '-perm',
    '600',
  ])
  expect(configs).toBe('')
})

test('a user who makes a mistake is told in one line', async () => {
  const binary = join(repository, 'dist/binnacle.js')
  const failed = await exec(process.execPath, [binary, '--state-dir', '/tmp/bnt-none', 'status']).catch(error => error)
  expect(failed).toBeInstanceOf(ExecError)
  expect(failed.stderr).toBe('binnacle: there is no cluster in /tmp/bnt-none; `binnacle up` makes one\n')
})
