import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { bridgeNetwork, Cni, pluginInput, readNetwork } from './cni.ts'
import { podRules } from './pod-rules.ts'
import { resolvConf } from './resolv-conf.ts'

test('resolv.conf', () => {
  const dns = { servers: ['10.96.0.10'], searches: ['a.svc', 'svc'], options: ['ndots:5'] }
  expect(resolvConf(dns)).toBe('search a.svc svc\nnameserver 10.96.0.10\noptions ndots:5\n')
  expect(resolvConf({ servers: [], searches: [], options: [] })).toBeUndefined()
})

describe('the rules of the node', () => {
  const base = { table: 'demo-pods', podCidr: '10.1.0.0/24', clusterCidrs: ['10.1.0.0/16'] }
  const port = { protocol: 'TCP' as const, hostPort: 80, podIP: '10.1.0.2', containerPort: 8080 }
  test('without host ports: only what leaves the cluster changes its address', () => {
    const text = podRules({ ...base, hostPorts: [] })
    expect(text).toContain('ip saddr 10.1.0.0/24 ip daddr != { 10.1.0.0/24, 10.1.0.0/16, 224.0.0.0/4 } masquerade')
    expect(text).not.toContain('dnat')
  })
  test('host ports, by address and on every address; the first pod keeps a port that two want', () => {
    const hostPorts = [port, { ...port, podIP: '10.1.0.3' }, { ...port, hostIP: '192.0.2.1', protocol: 'UDP' as const }]
    const text = podRules({ ...base, hostPorts })
    expect(text).toContain('elements = { tcp . 80 : 10.1.0.2 . 8080 };')
    expect(text).toContain('elements = { 192.0.2.1 . udp . 80 : 10.1.0.2 . 8080 };')
    expect(text).toContain('set ports { type inet_proto . inet_service; elements = { tcp . 80, udp . 80 }; }')
    expect(text).not.toContain('10.1.0.3')
  })
})

describe('CNI', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'binnacle-cni-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const at = {
    containerId: 'id',
    netns: '/run/netns/x',
    pod: { namespace: 'ns', name: 'p', uid: 'u' },
    portMappings: [],
  }
  const plugin = async (name: string, script: string) => {
    await writeFile(join(directory, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(directory, name), 0o755)
  }
  const network = { cniVersion: '0.4.0', name: 'n', plugins: [{ type: 'first' }, { type: 'second' }] }

  test('a plugin with the capability is told the ports, and what came before', () => {
    const portMappings = [{ protocol: 'TCP' as const, containerPort: 1, hostPort: 2 }]
    const input = pluginInput(network, { type: 'portmap', capabilities: { portMappings: true } }, portMappings, {
      ips: [],
    })
    expect(input).toEqual({
      ...{ cniVersion: '0.4.0', name: 'n', type: 'portmap', prevResult: { ips: [] } },
      runtimeConfig: { portMappings: [{ protocol: 'tcp', containerPort: 1, hostPort: 2 }] },
    })
    expect(pluginInput(network, { type: 'bridge' }, portMappings, undefined)).not.toHaveProperty('runtimeConfig')
  })

  test('ADD goes through the plugins in order, DEL back; each sees its surroundings', async () => {
    const log = join(directory, 'log')
    const say = `echo "$CNI_COMMAND $CNI_CONTAINERID $CNI_NETNS $CNI_IFNAME" >> ${log}; cat > ${directory}/$CNI_COMMAND-in`
    await plugin('first', `${say}; echo first >> ${log}; echo '{"ips":[{"address":"10.1.0.2/24"}]}'`)
    await plugin('second', `${say}; echo second >> ${log}; echo '{"ips":[{"address":"10.1.0.2/24"}],"dns":{}}'`)
    const cni = new Cni(directory)
    const result = await cni.add(network, at)
    expect(result).toMatchObject({ dns: {} })
    expect(JSON.parse(await readFile(join(directory, 'ADD-in'), 'utf8'))).toMatchObject({
      prevResult: { ips: [{ address: '10.1.0.2/24' }] },
    })
    await cni.del(network, at, result)
    const seen = (await readFile(log, 'utf8')).trim().split('\n')
    expect(seen.filter(line => !line.includes(' '))).toEqual(['first', 'second', 'second', 'first'])
    expect(seen[0]).toBe('ADD id /run/netns/x eth0')
  })

  test('a failure is told in the plugin’s words', async () => {
    await plugin('first', `echo '{"code":11,"msg":"no addresses","details":"all taken"}'; exit 1`)
    await expect(new Cni(directory).add(network, at)).rejects.toThrow(
      'plugin type="first" failed (add): no addresses: all taken',
    )
  })

  test('the first configuration by name serves; none is none', async () => {
    expect(await readNetwork(directory)).toBeUndefined()
    await writeFile(join(directory, '20-b.conflist'), JSON.stringify({ ...network, name: 'b' }))
    await writeFile(join(directory, '10-a.conf'), JSON.stringify({ cniVersion: '0.4.0', name: 'a', type: 'ptp' }))
    expect(await readNetwork(directory)).toMatchObject({ name: 'a', plugins: [{ type: 'ptp' }] })
  })

  test('ours is one bridge with addresses of the node’s range', () => {
    const ours = bridgeNetwork({ name: 'demo', bridge: 'demo0', podCidr: '10.1.0.0/24', dataDir: '/d' })
    expect(ours.plugins).toMatchObject([
      { type: 'bridge', bridge: 'demo0', ipMasq: false, ipam: { ranges: [[{ subnet: '10.1.0.0/24' }]] } },
    ])
  })
})
