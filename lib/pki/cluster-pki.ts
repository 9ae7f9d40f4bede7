// Every certificate of a cluster, as a table; `ensureClusterPki` makes what is missing and renews what runs out.

import { generateKeyPair } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { CertificateRequest, KeyPair } from './issue.ts'
import { readKeyPair, renewalReason, writeKeyPair, writeSecret } from './key-pair-file.ts'

export interface ClusterNames {
  nodeName: string
  /** Where clients reach the API server, besides loopback. */
  advertiseAddress: string
  /** The first address of the service range: what `kubernetes.default` resolves to. */
  serviceAddress: string
  clusterDomain: string
}

type Authority = 'ca' | 'etcd/ca' | 'front-proxy-ca'

const authorities: Record<Authority, string> = {
  ca: 'kubernetes',
  'etcd/ca': 'etcd-ca',
  'front-proxy-ca': 'front-proxy-ca',
}

interface Leaf extends CertificateRequest {
  path: string
  authority: Authority
}

const local = { dnsNames: ['localhost'], ips: ['127.0.0.1', '::1'] }

/** Users and groups as upstream's: each component is who its certificate says. */
export function leaves({ nodeName, advertiseAddress, serviceAddress, clusterDomain }: ClusterNames): Leaf[] {
  const client = (path: string, commonName: string, organizations: string[] = [], authority: Authority = 'ca') => ({
    path,
    authority,
    commonName,
    organizations,
    usages: ['client' as const],
  })
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc']
  return [
    {
      path: 'apiserver',
      authority: 'ca',
      commonName: 'kube-apiserver',
      usages: ['server'],
      dnsNames: [...local.dnsNames, nodeName, ...service, `kubernetes.default.svc.${clusterDomain}`],
      ips: [...local.ips, advertiseAddress, serviceAddress],
    },
    client('apiserver-kubelet-client', 'kube-apiserver-kubelet-client', ['kubeadm:cluster-admins']),
    client('front-proxy-client', 'front-proxy-client', [], 'front-proxy-ca'),
    client('admin', 'kubernetes-admin', ['kubeadm:cluster-admins']),
    client('super-admin', 'kubernetes-super-admin', ['system:masters']),
    client('controller-manager', 'system:kube-controller-manager'),
    client('scheduler', 'system:kube-scheduler'),
    {
      path: 'component-serving',
      authority: 'ca',
      commonName: nodeName,
      usages: ['server'],
      dnsNames: [...local.dnsNames, nodeName],
      ips: [...local.ips, advertiseAddress],
    },
    client(`kubelet-${nodeName}`, `system:node:${nodeName}`, ['system:nodes']),
    {
      path: `kubelet-${nodeName}-serving`,
      authority: 'ca',
      commonName: `system:node:${nodeName}`,
      organizations: ['system:nodes'],
      usages: ['server'],
      dnsNames: [...local.dnsNames, nodeName],
      ips: [...local.ips, advertiseAddress],
    },
    {
      path: 'etcd/server',
      authority: 'etcd/ca',
      commonName: 'etcd',
      usages: ['server', 'client'],
      dnsNames: local.dnsNames,
      ips: [...local.ips, advertiseAddress],
    },
    client('etcd/root', 'root', [], 'etcd/ca'),
    client('etcd/kube-apiserver', 'kube-apiserver', [], 'etcd/ca'),
    client('etcd/kube-controller-manager', 'kube-controller-manager', [], 'etcd/ca'),
    client('etcd/kube-scheduler', 'kube-scheduler', [], 'etcd/ca'),
  ]
}

export interface PkiChange {
  path: string
  why: string
}

/** Answers what was made and why; nothing when all is in place. CAs are never made anew. */
export async function ensureClusterPki(dir: string, names: ClusterNames, nowMs: number): Promise<PkiChange[]> {
  const changes: PkiChange[] = []
  const signers = new Map<Authority, KeyPair>()
  for (const [path, commonName] of Object.entries(authorities) as [Authority, string][]) {
    signers.set(path, (await readKeyPair(join(dir, path))) ?? (await makeAuthority(dir, path, commonName, changes)))
  }
  await Promise.all(
    leaves(names).map(async leaf => {
      const ca = signers.get(leaf.authority)
      if (!ca) throw new Error(`no CA ${leaf.authority}`)
      const present = await readKeyPair(join(dir, leaf.path))
      const why = present ? renewalReason(present.cert, ca.cert, leaf, nowMs) : 'it is absent'
      if (!why) return
      const { issue } = await import('./issue.ts')
      await writeKeyPair(join(dir, leaf.path), await issue(ca, leaf))
      changes.push({ path: leaf.path, why })
    }),
  )
  if (await ensureSigningKey(dir)) changes.push({ path: 'sa', why: 'it is absent' })
  return changes
}

async function makeAuthority(dir: string, path: Authority, commonName: string, changes: PkiChange[]): Promise<KeyPair> {
  const { createCa } = await import('./issue.ts')
  const pair = await createCa({ commonName })
  await writeKeyPair(join(dir, path), pair)
  changes.push({ path, why: 'it is absent' })
  return pair
}

/** sa.key and sa.pub: ServiceAccount tokens are signed with the one and checked with the other. */
async function ensureSigningKey(dir: string): Promise<boolean> {
  if (existsSync(join(dir, 'sa.key')) && existsSync(join(dir, 'sa.pub'))) return false
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  await writeSecret(join(dir, 'sa.pub'), publicKey)
  await writeSecret(join(dir, 'sa.key'), privateKey)
  return true
}
