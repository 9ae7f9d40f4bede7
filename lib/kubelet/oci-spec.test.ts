import { describe, expect, test } from '@jest/globals'
import { ociSpec } from './oci-spec.ts'
import { capabilities, capabilitiesOfMask, defaultCapabilities } from './oci-spec-capabilities.ts'
import type { SpecInput } from './oci-spec-input.ts'
import { commandLine, environment, type ImageConfig } from './oci-spec-process.ts'
import { defaultSeccompProfile } from './oci-spec-seccomp.ts'
import { resolveUser } from './oci-spec-user.ts'
import type { ContainerConfig, LinuxSecurity, Mount } from './runtime/runtime.ts'

const image: ImageConfig = { entrypoint: ['/entry'], cmd: ['one'], env: [], workingDir: '', user: '', stopSignal: '' }

const security: LinuxSecurity = {
  ...{ privileged: false, readOnlyRootFilesystem: false, allowPrivilegeEscalation: true, procMount: 'default' },
  ...{ addCapabilities: [], dropCapabilities: [], supplementalGroups: [], seccomp: { type: 'runtime-default' } },
}

const config: ContainerConfig = {
  ...{ name: 'web', attempt: 0, image: 'web:1', imageId: 'sha256:1', command: [], args: [], env: [], mounts: [] },
  ...{ logPath: '/log', stdin: false, stdinOnce: false, tty: false, labels: {}, annotations: {} },
  ...{ resources: { oomScoreAdj: 1000 }, security },
}

function input(
  of: Partial<ContainerConfig> = {},
  sandbox: Partial<SpecInput['sandbox']> = {},
  host: Partial<SpecInput['host']> = {},
): SpecInput {
  return {
    config: { ...config, ...of },
    image,
    sandbox: {
      ...{ hostname: 'web-1', network: '/run/netns/p', ipc: '/s/ipc', uts: '/s/uts', pid: 'own' },
      files: { resolvConf: '/s/resolv.conf', hostname: '/s/hostname', shm: '/s/shm' },
      ...sandbox,
    },
    host: {
      ...{ rootfs: '/c/rootfs', cgroupsPath: '/b/kubepods/pod1/c', cgroupVersion: 1, architecture: 'x64' },
      ...{ user: { uid: 0, gid: 0, additionalGids: [0] }, knownCapabilities: capabilitiesOfMask('1ffffffffff') },
      devices: [{ path: '/dev/sda', type: 'b', major: 8, minor: 0 }],
      ...host,
    },
  }
}

const secured = (more: Partial<LinuxSecurity>) => input({ security: { ...security, ...more } })
const mount = (more: Partial<Mount>): Mount => ({
  ...{ containerPath: '/data', hostPath: '/host', readOnly: false, propagation: 'private' },
  ...more,
})
const mountAt = (destination: string, of: SpecInput) => ociSpec(of).mounts.filter(m => m.destination === destination)

test.each([
  ['nothing given', [], [], ['/entry', 'one']],
  ['arguments replace the command', [], ['two'], ['/entry', 'two']],
  ['a command replaces both', ['/bin/x'], [], ['/bin/x']],
  ['both', ['/bin/x'], ['-v'], ['/bin/x', '-v']],
])('command line: %s', (_, command, args, expected) => {
  expect(commandLine({ command, args }, image)).toEqual(expected)
})

test('environment: path and host name, under the image, under the pod; each name once', () => {
  const of = {
    ...config,
    tty: true,
    env: [
      { name: 'A', value: 'pod=1' },
      { name: 'C', value: '' },
    ],
  }
  expect(environment(of, { ...image, env: ['A=image', 'B=2', 'PATH=/bin'] }, 'web-1')).toEqual([
    'PATH=/bin',
    'TERM=xterm',
    'HOSTNAME=web-1',
    'A=pod=1',
    'B=2',
    'C=',
  ])
  expect(environment(config, image, 'h')[0]).toBe('PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')
})

describe('user', () => {
  const files = {
    passwd: 'root:x:0:0:root:/root:/bin/sh\nweb:x:101:102::/:/bin/sh\n',
    group: 'root:x:0:\nweb:x:102:\nlogs:x:103:other,web\n',
  }
  const none = { supplementalGroups: [] }
  test.each([
    ['the image says nothing', '', none, { uid: 0, gid: 0, additionalGids: [0] }],
    ['a name, with the groups that list it', 'web', none, { uid: 101, gid: 102, additionalGids: [102, 103] }],
    ['a name and a group by name', 'web:logs', none, { uid: 101, gid: 103, additionalGids: [103] }],
    ['a number with an entry', '101', none, { uid: 101, gid: 102, additionalGids: [102, 103] }],
    ['a number without one', '5:6', none, { uid: 5, gid: 6, additionalGids: [6] }],
    ['the pod wins', 'web', { ...none, runAsUser: 7 }, { uid: 7, gid: 0, additionalGids: [0] }],
    [
      'groups of the pod',
      'web',
      { supplementalGroups: [9], runAsGroup: 8, fsGroup: 10 },
      { uid: 101, gid: 8, additionalGids: [8, 103, 9, 10] },
    ],
  ])('%s', (_, user, wanted, expected) => {
    expect(resolveUser(user, wanted, files)).toEqual(expected)
  })
  test('a name nobody has', () => {
    expect(() => resolveUser('nobody', none, files)).toThrow(
      'unable to find user nobody: no matching entries in passwd file',
    )
    expect(() => resolveUser('web:x', none, files)).toThrow('unable to find group x: no matching entries in group file')
  })
})

describe('capabilities', () => {
  const known = capabilitiesOfMask('1ffffffffff')
  test.each([
    ['the default', {}, defaultCapabilities],
    ['privileged has all', { privileged: true }, known],
    [
      'one more, one less',
      { addCapabilities: ['SYS_TIME'], dropCapabilities: ['MKNOD'] },
      [...defaultCapabilities.filter(c => c !== 'CAP_MKNOD'), 'CAP_SYS_TIME'],
    ],
    [
      'drop ALL, add one',
      { addCapabilities: ['NET_BIND_SERVICE'], dropCapabilities: ['ALL'] },
      ['CAP_NET_BIND_SERVICE'],
    ],
    [
      'add ALL, drop one',
      { addCapabilities: ['ALL'], dropCapabilities: ['CAP_SYS_ADMIN'] },
      known.filter(c => c !== 'CAP_SYS_ADMIN'),
    ],
  ])('%s', (_, more, expected) => {
    expect(capabilities({ ...security, ...more }, known)).toEqual(expected)
  })
  test('of a mask', () => {
    expect(known).toHaveLength(41)
    expect(known.at(-1)).toBe('CAP_CHECKPOINT_RESTORE')
    expect(capabilitiesOfMask('0000000000000005')).toEqual(['CAP_CHOWN', 'CAP_DAC_READ_SEARCH'])
    expect(capabilitiesOfMask('000001fffeffffff')).toEqual(known.filter(name => name !== 'CAP_SYS_RESOURCE'))
  })
})

describe('namespaces', () => {
  test('joins what the sandbox has, makes its own processes', () => {
    expect(ociSpec(input()).linux.namespaces).toEqual([
      { type: 'mount' },
      { type: 'network', path: '/run/netns/p' },
      { type: 'ipc', path: '/s/ipc' },
      { type: 'uts', path: '/s/uts' },
      { type: 'pid' },
    ])
  })
  test("the node's are left alone, a shared one is joined; cgroups are hidden on v2", () => {
    const sandbox = { network: 'host', ipc: 'host', uts: 'host', pid: '/s/pid' }
    const { namespaces } = ociSpec(input({}, sandbox, { cgroupVersion: 2 })).linux
    expect(namespaces).toEqual([{ type: 'mount' }, { type: 'pid', path: '/s/pid' }, { type: 'cgroup' }])
  })
})

describe('mounts', () => {
  test('parents come before children, and a volume takes the place of what everybody has', () => {
    const mounts = [
      mount({ containerPath: '/dev/shm', hostPath: '/big' }),
      mount({ containerPath: '/a/b/c' }),
      mount({ containerPath: '/a' }),
    ]
    const paths = ociSpec(input({ mounts })).mounts.map(({ destination }) => destination)
    expect(paths.indexOf('/a')).toBeLessThan(paths.indexOf('/a/b/c'))
    expect(paths.indexOf('/dev')).toBeLessThan(paths.indexOf('/dev/shm'))
    expect(mountAt('/dev/shm', input({ mounts }))).toEqual([
      { destination: '/dev/shm', type: 'bind', source: '/big', options: ['rbind', 'rprivate', 'rw'] },
    ])
  })
  test.each([
    [{}, ['rbind', 'rprivate', 'rw'], undefined],
    [{ readOnly: true }, ['rbind', 'rprivate', 'ro'], undefined],
    [{ propagation: 'host-to-container' as const }, ['rbind', 'rslave', 'rw'], 'rslave'],
    [{ propagation: 'bidirectional' as const }, ['rbind', 'rshared', 'rw'], 'rshared'],
  ])('a volume %j', (more, options, propagation) => {
    const of = input({ mounts: [mount(more)] })
    expect(mountAt('/data', of)).toEqual([{ destination: '/data', type: 'bind', source: '/host', options }])
    expect(ociSpec(of).linux.rootfsPropagation).toBe(propagation)
  })
  test('in memory', () => {
    const of = input({ mounts: [mount({ tmpfsBytes: 4096 })] })
    expect(mountAt('/data', of)).toMatchObject([
      { type: 'tmpfs', options: ['nosuid', 'nodev', 'size=4096', 'mode=1777', 'rw'] },
    ])
  })
  test('/sys and cgroups may be written by a privileged container only', () => {
    for (const path of ['/sys', '/sys/fs/cgroup']) {
      expect(mountAt(path, input())[0]?.options).toContain('ro')
      expect(mountAt(path, secured({ privileged: true }))[0]?.options).toContain('rw')
    }
  })
})

describe('security', () => {
  test('the usual container', () => {
    const { process, linux, root } = ociSpec(input())
    expect(process).toMatchObject({ noNewPrivileges: false, oomScoreAdj: 1000, cwd: '/', terminal: false })
    expect(root).toEqual({ path: '/c/rootfs', readonly: false })
    expect(linux).toMatchObject({
      cgroupsPath: '/b/kubepods/pod1/c',
      resources: { devices: [{ allow: false, access: 'rwm' }] },
    })
    expect(linux.maskedPaths).toContain('/proc/kcore')
    expect(linux.readonlyPaths).toContain('/proc/sys')
    expect(linux.seccomp?.defaultAction).toBe('SCMP_ACT_ERRNO')
    expect(linux.devices).toBeUndefined()
  })
  test('a privileged one has the devices, every path and no seccomp', () => {
    const { linux } = ociSpec(secured({ privileged: true }))
    expect(linux).toMatchObject({
      maskedPaths: [],
      readonlyPaths: [],
      resources: { devices: [{ allow: true, access: 'rwm' }] },
    })
    expect(linux.devices).toHaveLength(1)
    expect(linux.seccomp).toBeUndefined()
  })
  test('unmasked /proc, unconfined, no new privileges, a read-only root', () => {
    const of = secured({
      procMount: 'unmasked',
      seccomp: { type: 'unconfined' },
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    })
    const { linux, process, root } = ociSpec(of)
    expect([linux.maskedPaths, linux.seccomp, process.noNewPrivileges, root.readonly]).toEqual([
      [],
      undefined,
      true,
      true,
    ])
  })
  test('a profile of the node', () => {
    const profile = { defaultAction: 'SCMP_ACT_LOG', syscalls: [] }
    const of = input(
      { security: { ...security, seccomp: { type: 'localhost', path: '/p' } } },
      {},
      { localSeccomp: profile },
    )
    expect(ociSpec(of).linux.seccomp).toEqual(profile)
  })
})

test('resources: what is not asked for is not set; swap ends with memory', () => {
  expect(ociSpec(input()).linux.resources).toMatchObject({ cpu: {}, memory: {} })
  const resources = {
    oomScoreAdj: 5,
    cpuShares: 102,
    cpuQuotaUs: 5000,
    cpuPeriodUs: 100_000,
    memoryLimitBytes: 1024,
    pidsLimit: 9,
  }
  expect(ociSpec(input({ resources })).linux.resources).toMatchObject({
    ...{ cpu: { shares: 102, quota: 5000, period: 100_000 }, memory: { limit: 1024, swap: 1024 }, pids: { limit: 9 } },
  })
})

describe('the default seccomp profile', () => {
  const allowed = (caps: string[], name: string) =>
    defaultSeccompProfile(caps, 'x64').syscalls.filter(
      ({ names, action }) => names.includes(name) && action === 'SCMP_ACT_ALLOW',
    )
  test.each(['read', 'execve', 'openat2', 'futex', 'arch_prctl'])('allows %s', name => {
    expect(allowed([], name)).toHaveLength(1)
  })
  test.each([
    ['mount', 'CAP_SYS_ADMIN'],
    ['ptrace', 'CAP_SYS_PTRACE'],
    ['reboot', 'CAP_SYS_BOOT'],
    ['clock_settime', 'CAP_SYS_TIME'],
  ])('%s needs %s', (name, capability) => {
    expect(allowed([], name)).toEqual([])
    expect(allowed([capability], name)).toHaveLength(1)
  })
  test('new namespaces are refused, and clone3 says that it does not exist', () => {
    expect(allowed([], 'clone')[0]?.args).toEqual([
      { index: 0, value: 0x7e020000, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' },
    ])
    const clone3 = defaultSeccompProfile([], 'x64').syscalls.find(({ names }) => names.includes('clone3'))
    expect(clone3).toMatchObject({ action: 'SCMP_ACT_ERRNO', errnoRet: 38 })
    expect(allowed(['CAP_SYS_ADMIN'], 'clone3')).toHaveLength(1)
  })
  test('knows the calls of other processors', () => {
    expect(defaultSeccompProfile([], 'arm64').architectures).toContain('SCMP_ARCH_AARCH64')
  })
})
