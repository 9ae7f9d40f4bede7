// What every ContainerRuntime does: one suite, which `simulated` and `ctr` both pass.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { containerConfig, sandboxConfig } from './contract-values.ts'
import type { ContainerConfig, ContainerRuntime, ContainerStatus, RuntimeEvent } from './runtime.ts'

export interface ContractSubject {
  runtime: ContainerRuntime
  /** A name and another spelling of an image that is here and whose command ends only when told to. */
  image: string
  /** A second runtime on the same state, as after the kubelet was killed. */
  restart(): Promise<ContainerRuntime>
  /** Ends a container's process from outside. */
  kill(container: ContainerStatus): Promise<void>
  cleanUp(): Promise<void>
  logDir: string
}

export function containerRuntimeContract(name: string, make: () => Promise<ContractSubject>): void {
  describe(`ContainerRuntime by ${name}`, () => {
    const signal = new AbortController().signal
    let subject: ContractSubject
    let runtime: ContainerRuntime
    let imageId: string

    beforeAll(async () => {
      subject = await make()
      runtime = subject.runtime
      imageId = (await runtime.image(subject.image))?.id ?? ''
    })
    afterAll(() => subject?.cleanUp())

    const find = async (id: string, of = runtime) => {
      const found = (await of.list(signal)).containers.find(container => container.id === id)
      if (!found) throw new Error(`container ${id} is not listed`)
      return found
    }
    const started = async (podName: string, more: Partial<ContainerConfig> = {}) => {
      const sandbox = await runtime.runSandbox(sandboxConfig(podName), signal)
      const config = containerConfig(imageId, `${subject.logDir}/${podName}`, more)
      const id = await runtime.createContainer(sandbox.id, config, signal)
      await runtime.startContainer(id, signal)
      return { sandbox, id }
    }

    test('says its name, version and that it is ready', async () => {
      expect(await runtime.version()).toEqual({ name: expect.any(String), version: expect.stringMatching(/^\d/) })
      expect(await runtime.notReadyReason()).toBeUndefined()
    })

    test('finds an image by name and by id, and none that is not there', async () => {
      expect(imageId).toMatch(/^sha256:[0-9a-f]{64}$/)
      expect((await runtime.image(imageId))?.id).toBe(imageId)
      expect(await runtime.image('binnacle.local/no-such:1')).toBeUndefined()
      expect((await runtime.images()).map(({ id }) => id)).toContain(imageId)
    })

    test('a sandbox is ready, has an address of its own, and comes back from list as it was given', async () => {
      const [one, two] = await Promise.all([
        runtime.runSandbox(sandboxConfig('one'), signal),
        runtime.runSandbox(sandboxConfig('two'), signal),
      ])
      expect(one).toMatchObject({ state: 'ready', attempt: 0, labels: { app: 'one' }, annotations: { note: 'kept' } })
      expect(one.ips).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/)])
      expect(one.ips).not.toEqual(two.ips)
      expect((await runtime.list(signal)).sandboxes).toContainEqual(one)
    })

    test('a sandbox in the host network has no address', async () => {
      const { ips } = await runtime.runSandbox(sandboxConfig('host', { hostNetwork: true }), signal)
      expect(ips).toEqual([])
    })

    test('a container is created, then running with a process, then exited with its code', async () => {
      const sandbox = await runtime.runSandbox(sandboxConfig('life'), signal)
      const id = await runtime.createContainer(sandbox.id, containerConfig(imageId, `${subject.logDir}/life`), signal)
      expect(await find(id)).toMatchObject({ state: 'created', name: 'main', attempt: 0, sandboxId: sandbox.id })
      await runtime.startContainer(id, signal)
      expect(await find(id)).toMatchObject({
        state: 'running',
        pid: expect.any(Number),
        startedAtMs: expect.any(Number),
      })
      await runtime.stopContainer(id, 5000, signal)
      const end = await find(id)
      expect(end).toMatchObject({ state: 'exited', exitCode: 3, reason: 'Error' })
      expect(end.finishedAtMs).toBeGreaterThanOrEqual(end.startedAtMs ?? Number.NaN)
      expect(end.pid).toBeUndefined()
    })

    test('stop does nothing the second time; without grace the process is killed', async () => {
      const { id } = await started('killed')
      await runtime.stopContainer(id, 0, signal)
      await runtime.stopContainer(id, 0, signal)
      expect(await find(id)).toMatchObject({ state: 'exited', exitCode: 137, reason: 'Error' })
    })

    test('a process killed from outside is an event of its pod, and exited with 137', async () => {
      const listening = new AbortController()
      const seen = collect(runtime.events(listening.signal))
      await seen.until(event => event.type === 'relist')
      const { id } = await started('victim')
      await subject.kill(await find(id))
      await seen.until(event => event.type === 'pod-changed' && event.podUid === 'uid-victim')
      expect(await find(id)).toMatchObject({ state: 'exited', exitCode: 137 })
      listening.abort()
      await seen.ended
    })

    test('what ran and what ended is found again after a restart', async () => {
      const running = await started('again')
      const ended = await started('gone')
      await subject.kill(await find(ended.id))
      const before = await find(running.id)
      const restarted = await subject.restart()
      expect(await find(running.id, restarted)).toEqual(before)
      expect(await find(ended.id, restarted)).toMatchObject({
        state: 'exited',
        exitCode: 137,
        finishedAtMs: expect.any(Number),
      })
      expect((await restarted.list(signal)).sandboxes).toContainEqual(running.sandbox)
    })

    test('a command in the container answers with its code; a container that is not running has none', async () => {
      const { id } = await started('exec')
      expect((await runtime.execSync(id, ['true'], 5000, signal)).exitCode).toBe(0)
      await runtime.stopContainer(id, 0, signal)
      await expect(runtime.execSync(id, ['true'], 5000, signal)).rejects.toMatchObject({ name: 'RuntimeError' })
    })

    test('no container without its image or its sandbox', async () => {
      const sandbox = await runtime.runSandbox(sandboxConfig('bare'), signal)
      const noImage = containerConfig(`sha256:${'0'.repeat(64)}`, subject.logDir)
      await expect(runtime.createContainer(sandbox.id, noImage, signal)).rejects.toMatchObject({ name: 'RuntimeError' })
      await runtime.stopSandbox(sandbox.id, signal)
      const config = containerConfig(imageId, subject.logDir)
      await expect(runtime.createContainer(sandbox.id, config, signal)).rejects.toThrow(/is not running/)
    })

    test('an image that cannot be pulled', async () => {
      const pull = runtime.pullImage('127.0.0.1:1/nothing/here:1', signal)
      await expect(pull).rejects.toMatchObject({ name: 'RuntimeError', reason: 'ErrImagePull' })
    })

    test('stopping a sandbox ends its containers; removing it leaves nothing; both may be done again', async () => {
      const { sandbox, id } = await started('last')
      for (const _ of [1, 2]) await runtime.stopSandbox(sandbox.id, signal)
      expect(await find(id)).toMatchObject({ state: 'exited', exitCode: 137 })
      const stopped = (await runtime.list(signal)).sandboxes.find(({ id }) => id === sandbox.id)
      expect(stopped).toMatchObject({ state: 'not-ready' })
      for (const _ of [1, 2]) await runtime.removeSandbox(sandbox.id, signal)
      const { sandboxes, containers } = await runtime.list(signal)
      expect([...sandboxes, ...containers].filter(({ pod }) => pod.uid === 'uid-last')).toEqual([])
    })

    test('a container is removed while it runs, its sandbox stays', async () => {
      const { sandbox, id } = await started('removed')
      for (const _ of [1, 2]) await runtime.removeContainer(id, signal)
      const { sandboxes, containers } = await runtime.list(signal)
      expect(containers.map(({ id }) => id)).not.toContain(id)
      expect(sandboxes).toContainEqual(sandbox)
    })
  })
}

function collect(events: AsyncIterable<RuntimeEvent>) {
  const waiting: { match: (event: RuntimeEvent) => boolean; resolve: () => void }[] = []
  const seen: RuntimeEvent[] = []
  const read = async () => {
    for await (const event of events) {
      seen.push(event)
      for (const { match, resolve } of waiting) if (match(event)) resolve()
    }
  }
  const until = (match: (event: RuntimeEvent) => boolean) =>
    new Promise<void>(resolve => (seen.some(match) ? resolve() : waiting.push({ match, resolve })))
  return { until, ended: read() }
}
