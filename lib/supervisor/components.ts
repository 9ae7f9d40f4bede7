// Which processes a cluster on one machine consists of, with every flag: a pure table.

import { join } from 'node:path'
import { bridgeName, type ClusterConfig, dnsAddress } from './cluster-config.ts'
import type { ProcessSpec } from './processes.ts'

export interface ComponentSpec extends ProcessSpec {
  /** 1 starts at once; 2 when the API server is ready, so that it has the machine to itself until then. */
  stage: 1 | 2
}

type Flags = Record<string, string | number | boolean | undefined>

function flags(values: Flags): string[] {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `--${name}=${value}`)
}

/** In the order in which they start; stopped the other way round. `binDir` holds the bundles. */
export function components(config: ClusterConfig, { binDir, node }: { binDir: string; node: string }): ComponentSpec[] {
  const own = (name: string, stage: 1 | 2, values: Flags): ComponentSpec => ({
    name,
    command: node,
    args: ['--enable-source-maps', join(binDir, `${name}.js`), ...flags(values)],
    // Compiled code is kept, which saves a third of a component's start.
    env: { NODE_COMPILE_CACHE: join(config.stateDir, 'cache') },
    stage,
  })
  const at = (path: string) => join(config.stateDir, path)
  return [
    ...(config.etcdServers ? [] : [etcd(config)]),
    ...(config.containerdAddress || config.runtime === 'simulated' ? [] : [containerd(config)]),
    own('kube-apiserver', 1, {
      ...etcdClient(config, 'kube-apiserver'),
      'bind-address': config.nodeIP,
      'advertise-address': config.nodeIP,
      'secure-port': config.securePort,
      'tls-cert-file': at('pki/apiserver.crt'),
      'tls-private-key-file': at('pki/apiserver.key'),
      'client-ca-file': at('pki/ca.crt'),
      'service-account-issuer': `https://kubernetes.default.svc.${config.clusterDomain}`,
      'service-account-key-file': at('pki/sa.pub'),
      'service-account-signing-key-file': at('pki/sa.key'),
      'service-cluster-ip-range': config.serviceCidr,
      'kubelet-client-certificate': at('pki/apiserver-kubelet-client.crt'),
      'kubelet-client-key': at('pki/apiserver-kubelet-client.key'),
      'kubelet-certificate-authority': at('pki/ca.crt'),
    }),
    own('kube-controller-manager', 2, {
      ...etcdClient(config, 'kube-controller-manager'),
      ...serving(config),
      kubeconfig: at('controller-manager.conf'),
      'root-ca-file': at('pki/ca.crt'),
      'cluster-cidr': config.podCidr,
      'allocate-node-cidrs': true,
    }),
    own('kube-scheduler', 2, {
      ...etcdClient(config, 'kube-scheduler'),
      ...serving(config),
      kubeconfig: at('scheduler.conf'),
    }),
    own('kubelet', 2, {
      kubeconfig: at('kubelet.conf'),
      'hostname-override': config.nodeName,
      'node-ip': config.nodeIP,
      address: config.nodeIP,
      port: config.kubeletPort,
      'root-dir': at('kubelet'),
      'log-dir': at('logs/pods'),
      'client-ca-file': at('pki/ca.crt'),
      'tls-cert-file': at(`pki/kubelet-${config.nodeName}-serving.crt`),
      'tls-private-key-file': at(`pki/kubelet-${config.nodeName}-serving.key`),
      'cluster-dns': dnsAddress(config.serviceCidr),
      'cluster-domain': config.clusterDomain,
      'container-runtime-endpoint': containerdSocket(config),
      runtime: config.runtime,
      'cluster-name': config.clusterName,
      bridge: bridgeName(config),
      'cgroup-root': config.clusterName,
      'state-dir': config.stateDir,
    }),
  ]
}

export function containerdSocket(config: ClusterConfig): string {
  return config.containerdAddress ?? join(config.stateDir, 'containerd', 'containerd.sock')
}

export function etcdEndpoints({ etcdServers, nodeIP, etcdPort }: ClusterConfig): string {
  return etcdServers ?? `https://${nodeIP}:${etcdPort}`
}

function serving({ stateDir, nodeIP }: ClusterConfig): Flags {
  return {
    'bind-address': nodeIP,
    'tls-cert-file': join(stateDir, 'pki/component-serving.crt'),
    'tls-private-key-file': join(stateDir, 'pki/component-serving.key'),
    'client-ca-file': join(stateDir, 'pki/ca.crt'),
  }
}

function etcdClient(config: ClusterConfig, user: string): Flags {
  const pki = join(config.stateDir, 'pki/etcd')
  const servers = { 'etcd-servers': etcdEndpoints(config) }
  // Somebody else's etcd without TLS, such as a test's.
  if (etcdEndpoints(config).startsWith('http:')) return servers
  return {
    ...servers,
    'etcd-cafile': join(pki, 'ca.crt'),
    'etcd-certfile': join(pki, `${user}.crt`),
    'etcd-keyfile': join(pki, `${user}.key`),
  }
}

function etcd(config: ClusterConfig): ComponentSpec {
  const pki = join(config.stateDir, 'pki/etcd')
  const peer = `https://${config.nodeIP}:${config.etcdPort + 1}`
  return {
    name: 'etcd',
    command: 'etcd',
    args: flags({
      name: config.nodeName,
      'data-dir': join(config.stateDir, 'etcd'),
      'listen-client-urls': etcdEndpoints(config),
      'advertise-client-urls': etcdEndpoints(config),
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `${config.nodeName}=${peer}`,
      'client-cert-auth': true,
      'trusted-ca-file': join(pki, 'ca.crt'),
      'cert-file': join(pki, 'server.crt'),
      'key-file': join(pki, 'server.key'),
      'peer-client-cert-auth': true,
      'peer-trusted-ca-file': join(pki, 'ca.crt'),
      'peer-cert-file': join(pki, 'server.crt'),
      'peer-key-file': join(pki, 'server.key'),
      'auto-tls': false,
      'quota-backend-bytes': 2 * 1024 ** 3,
      'snapshot-count': 10_000,
      // Alone, it elects itself as soon as it has waited for others; shorter ticks would burn the idle machine.
      'heartbeat-interval': 25,
      'election-timeout': 250,
      logger: 'zap',
      'log-level': 'warn',
    }),
    stage: 1,
  }
}

export function containerd({ stateDir }: ClusterConfig): ComponentSpec {
  return {
    name: 'containerd',
    command: 'containerd',
    args: ['--config', join(stateDir, 'containerd/config.toml'), '--log-level', 'warn'],
    stage: 1,
  }
}

/** containerd of our own: its own root, state and socket; without the CRI plugin, which nobody here speaks to. */
export function containerdToml({ stateDir }: ClusterConfig): string {
  const dir = join(stateDir, 'containerd')
  return [
    'version = 2',
    `root = ${JSON.stringify(join(dir, 'root'))}`,
    `state = ${JSON.stringify(join(dir, 'state'))}`,
    'oom_score = -999',
    'disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt"]',
    '[grpc]',
    `address = ${JSON.stringify(join(dir, 'containerd.sock'))}`,
    '[ttrpc]',
    `address = ${JSON.stringify(join(dir, 'containerd.sock.ttrpc'))}`,
    '',
  ].join('\n')
}
