// etcd in a container, for machines that have an engine and no etcd. testcontainers is loaded only then.

import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { GenericContainer } from 'testcontainers'
import { connectEtcd } from '../../lib/storage/etcd-kv.ts'
import type { EtcdServer, ServerTls } from './etcd.ts'
import { eventually } from './eventually.ts'

const IMAGE = process.env.BINNACLE_ETCD_IMAGE ?? 'quay.io/coreos/etcd:v3.5.21'
const TLS_DIR = '/etc/etcd-tls'

export async function containerEngineAnswers(): Promise<boolean> {
  if (!process.env.DOCKER_HOST && !existsSync('/var/run/docker.sock')) return false
  try {
    const { getContainerRuntimeClient } = await loadTestcontainers()
    await getContainerRuntimeClient()
    return true
  } catch {
    return false
  }
}

function loadTestcontainers() {
  // The reaper is an image of its own, which an offline machine does not have. What we start, we stop.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true'
  return import('testcontainers')
}

export async function startEtcdContainer(tls?: ServerTls): Promise<EtcdServer> {
  const { GenericContainer, Wait, getContainerRuntimeClient } = await loadTestcontainers()
  const port = await freePort()
  const container = await withTls(new GenericContainer(IMAGE), tls)
    // A port of our choosing stays the same over a restart.
    .withExposedPorts({ container: 2379, host: port })
    .withEntrypoint(['etcd'])
    .withCommand(flags(tls))
    .withWaitStrategy(Wait.forLogMessage(/serving client traffic/))
    .start()
  const runtime = await getContainerRuntimeClient()
  const handle = runtime.container.getById(container.getId())
  return {
    port,
    pid: undefined,
    kill: async () => {
      await handle.kill()
      await handle.wait()
    },
    // Not testcontainers' own restart: that waits for a line in the log which it has read past.
    restart: async () => {
      if ((await handle.inspect()).State.Running) await handle.stop()
      await handle.start()
      await answer(port, tls)
    },
    stop: async () => {
      await container.stop({ timeout: 0, remove: true, removeVolumes: true })
    },
  }
}

async function answer(port: number, tls: ServerTls | undefined): Promise<void> {
  const credentials = tls ? { ca: tls.ca, ...tls.client } : {}
  const kv = connectEtcd({ endpoints: [`${tls ? 'https' : 'http'}://127.0.0.1:${port}`], ...credentials })
  try {
    await eventually(() => kv.get('health'), { timeoutMs: 30_000 })
  } finally {
    kv.close()
  }
}

function flags(tls: ServerTls | undefined): string[] {
  const client = `${tls ? 'https' : 'http'}://0.0.0.0:2379`
  const peer = 'http://127.0.0.1:2380'
  const files = ['--trusted-ca-file', 'ca', '--cert-file', 'cert', '--key-file', 'key']
  return [
    ...['--data-dir', '/tmp/etcd', '--logger', 'zap', '--log-level', 'info'],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
    ...['--heartbeat-interval', '10', '--election-timeout', '100'],
    ...(tls ? ['--client-cert-auth', ...files.map(f => (f.startsWith('--') ? f : `${TLS_DIR}/${f}.pem`))] : []),
  ]
}

function withTls(container: GenericContainer, tls: ServerTls | undefined): GenericContainer {
  if (!tls) return container
  const { ca, cert, key } = tls
  const files = Object.entries({ ca, cert, key })
  return container.withCopyContentToContainer(
    files.map(([name, content]) => ({ content, target: `${TLS_DIR}/${name}.pem` })),
  )
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('no free port')
  return address.port
}
