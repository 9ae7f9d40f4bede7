import { describe, expect, test } from '@jest/globals'
import { testContainer, testPod } from '../../test/harness/kubelet.ts'
import type { Pod } from './pod.ts'
import { parseResolvConf, podDns } from './pod-dns.ts'
import { etcHosts, podHostname } from './pod-hosts.ts'
import { sandboxConfig } from './sandbox-config.ts'

type Spec = Partial<NonNullable<Pod['spec']>>

const host = { servers: ['192.0.2.53'], searches: ['lan'], options: ['timeout:1'] }
const dns = { clusterDns: ['10.96.0.10'], clusterDomain: 'cluster.local', host }
const cluster = {
  servers: ['10.96.0.10'],
  searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'lan'],
  options: ['ndots:5'],
}

describe('DNS', () => {
  test.each<[string, Spec, object]>([
    ['ClusterFirst', {}, cluster],
    ["ClusterFirst in the node's network", { hostNetwork: true }, host],
    ['ClusterFirstWithHostNet', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }, cluster],
    ['Default', { dnsPolicy: 'Default' }, host],
    [
      'None',
      {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['1.1.1.1'], searches: ['a.b'], options: [{ name: 'ndots', value: '2' }] },
      },
      { servers: ['1.1.1.1'], searches: ['a.b'], options: ['ndots:2'] },
    ],
    [
      'its own on top',
      { dnsConfig: { nameservers: ['1.1.1.1'], options: [{ name: 'ndots', value: '1' }, { name: 'edns0' }] } },
      { ...cluster, servers: ['10.96.0.10', '1.1.1.1'], options: ['ndots:1', 'edns0'] },
    ],
  ])('%s', (_, spec, expected) => {
    expect(podDns(testPod(spec), dns)).toEqual(expected)
  })

  test('a resolv.conf is read as the resolver does', () => {
    const text = '# comment\nnameserver 1.2.3.4\nsearch old\nsearch a.example. b ; more\noptions ndots:2 rotate\n'
    expect(parseResolvConf(text)).toEqual({
      servers: ['1.2.3.4'],
      searches: ['a.example', 'b'],
      options: ['ndots:2', 'rotate'],
    })
  })
})

describe('names', () => {
  const named = (name: string, spec: Spec = {}) =>
    podHostname(testPod(spec, { metadata: { name } }), 'node-1', 'cluster.local')
  test.each<[string, string, string]>([
    ['the pod', named('web'), 'web'],
    ['cut to 63', named(`${'a'.repeat(62)}-bcd`), 'a'.repeat(62)],
    ['its own', named('web', { hostname: 'h' }), 'h'],
    [
      'in full',
      named('web', { hostname: 'h', subdomain: 's', setHostnameAsFQDN: true }),
      'h.s.default.svc.cluster.local',
    ],
    ['the node', named('web', { hostNetwork: true }), 'node-1'],
  ])('%s', (_, found, expected) => {
    expect(found).toBe(expected)
  })

  test('/etc/hosts', () => {
    const pod = testPod({ subdomain: 's', hostAliases: [{ ip: '1.2.3.4', hostnames: ['foo', 'bar'] }] })
    const text = etcHosts(pod, { podIPs: ['10.0.0.5'], clusterDomain: 'cluster.local', nodeHosts: '' })
    expect(text.split('\n')[0]).toBe('# Kubernetes-managed hosts file.')
    expect(text).toContain('\n10.0.0.5\tweb.s.default.svc.cluster.local\tweb\n')
    expect(text).toMatch(/\n# Entries added by HostAliases\.\n1\.2\.3\.4\tfoo\tbar\n$/)
  })

  test("in the node's network it is the node's, marked", () => {
    const text = etcHosts(testPod({ hostNetwork: true }), {
      podIPs: [],
      clusterDomain: '',
      nodeHosts: '127.0.0.1 node\n',
    })
    expect(text).toBe('# Kubernetes-managed hosts file (host network).\n127.0.0.1 node\n')
  })
})

describe('the sandbox', () => {
  const config = (spec: Spec) => sandboxConfig({ pod: testPod(spec), attempt: 1, nodeName: 'node-1', dns })

  test('host ports', () => {
    const ports = [{ containerPort: 80, hostPort: 8080, hostIP: '127.0.0.1' }, { containerPort: 81 }]
    const containers = [testContainer('web', { ports })]
    expect(config({ containers }).portMappings).toEqual([
      { protocol: 'TCP', containerPort: 80, hostPort: 8080, hostIP: '127.0.0.1' },
    ])
    expect(config({ containers, hostNetwork: true }).portMappings).toEqual([])
  })

  const resources = (requests: object, limits: object) => [
    testContainer('web', { resources: { requests, limits } as never }),
  ]
  test.each<[string, Spec, string]>([
    ['best effort', {}, '/kubepods/besteffort/podu1'],
    ['burstable', { containers: resources({ cpu: '1' }, {}) }, '/kubepods/burstable/podu1'],
    ['guaranteed', { containers: resources({ cpu: '1' }, { cpu: '1000m', memory: '1Gi' }) }, '/kubepods/podu1'],
    ['one limit alone is not enough', { containers: resources({}, { cpu: '1' }) }, '/kubepods/burstable/podu1'],
  ])('cgroup: %s', (_, spec, expected) => {
    expect(config(spec).cgroupParent).toBe(expected)
  })
})
