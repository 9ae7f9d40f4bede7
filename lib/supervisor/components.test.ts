import { describe, expect, test } from '@jest/globals'
import { type ClusterConfig, defaultConfig, defaultStateDir, dnsAddress, firstAddress } from './cluster-config.ts'
import { components } from './components.ts'

const paths = { binDir: '/dist', node: '/node' }
const config = (rest: Partial<ClusterConfig> = {}): ClusterConfig => ({ ...defaultConfig(defaultStateDir), ...rest })
const named = (name: string, rest: Partial<ClusterConfig> = {}) =>
  components(config(rest), paths).find(component => component.name === name)

test('a cluster on one machine has its own etcd and containerd, and everything else stage by stage', () => {
  expect(components(config(), paths).map(({ name, stage }) => `${stage} ${name}`)).toEqual([
    '1 etcd',
    '1 containerd',
    '1 kube-apiserver',
    '2 kube-controller-manager',
    '2 kube-scheduler',
    '2 kubelet',
  ])
})

test("somebody else's etcd and containerd are used and not started", () => {
  const others = { etcdServers: 'https://192.0.2.1:2379', containerdAddress: '/run/containerd/containerd.sock' }
  expect(components(config(others), paths).map(({ name }) => name)).not.toContain('etcd')
  expect(named('containerd', others)).toBeUndefined()
  expect(named('kubelet', others)?.args).toContain('--container-runtime-endpoint=/run/containerd/containerd.sock')
  expect(named('kube-apiserver', others)?.args).toContain('--etcd-servers=https://192.0.2.1:2379')
})

test('every service has the certificate of its own etcd user; none where etcd has no TLS', () => {
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
    expect(named(name)?.args).toContain(`--etcd-certfile=/var/lib/binnacle/pki/etcd/${name}.crt`)
    expect(named(name, { etcdServers: 'http://127.0.0.1:2379' })?.args.join()).not.toContain('etcd-certfile')
  }
  expect(named('kubelet')?.args.join()).not.toContain('etcd')
})

test('simulated nodes need no containerd', () => {
  expect(named('containerd', { runtime: 'simulated' })).toBeUndefined()
})

describe('addresses of a service range', () => {
  const cases: [range: string, first: string, dns: string][] = [
    ['10.96.0.0/12', '10.96.0.1', '10.96.0.10'],
    ['10.43.7.9/16', '10.43.0.1', '10.43.0.10'],
    ['192.168.255.0/24', '192.168.255.1', '192.168.255.10'],
  ]
  test.each(cases)('%s', (range, first, dns) => {
    expect([firstAddress(range), dnsAddress(range)]).toEqual([first, dns])
  })
})

test('another state directory is another cluster: its name, its address', () => {
  const [a, b] = [defaultConfig('/a'), defaultConfig('/b')]
  expect(a.clusterName).toMatch(/^binnacle-[0-9a-f]{6}$/)
  expect(new Set([a.clusterName, b.clusterName, 'binnacle']).size).toBe(3)
  expect(new Set([a.nodeIP, b.nodeIP, config().nodeIP]).size).toBe(3)
})
