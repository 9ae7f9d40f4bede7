// The flags by which a component is told of etcd, under upstream's names, and the connection they mean.

import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { connectEtcd } from './etcd-kv.ts'
import type { Kv } from './kv.ts'

export interface EtcdFlags {
  etcdServers: string
  etcdCafile?: string
  etcdCertfile?: string
  etcdKeyfile?: string
  etcdPrefix: string
}

export function withEtcdFlags(program: Command): Command {
  return program
    .requiredOption('--etcd-servers <urls>', 'where objects are watched, separated by commas')
    .option('--etcd-cafile <file>', 'the CA of etcd')
    .option('--etcd-certfile <file>', 'the client certificate for etcd')
    .option('--etcd-keyfile <file>', 'its key')
    .option('--etcd-prefix <prefix>', 'below which the cluster is stored', '/registry')
}

/** With one slash at its end: `/registry/`. */
export function etcdPrefixOf({ etcdPrefix }: EtcdFlags): string {
  return `${etcdPrefix.replace(/\/+$/, '')}/`
}

export async function etcdOf({ etcdServers, etcdCafile, etcdCertfile, etcdKeyfile }: EtcdFlags): Promise<Kv> {
  const pem = async (file: string | undefined) => (file ? await readFile(file, 'utf8') : undefined)
  const [ca, cert, key] = await Promise.all([pem(etcdCafile), pem(etcdCertfile), pem(etcdKeyfile)])
  return connectEtcd({
    endpoints: etcdServers.split(','),
    ...(ca ? { ca } : {}),
    ...(cert && key ? { cert, key } : {}),
  })
}
