// The file that says where a cluster is and who you are there.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { readKeyPair, writeSecret } from './key-pair-file.ts'

export interface KubeconfigOptions {
  cluster: string
  server: string
  user: string
  pkiDir: string
  /** The client certificate's path below pkiDir, without ending. */
  credentials: string
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Writes a kubeconfig with everything inside, 0600, unless it says the same already. */
export async function writeKubeconfig(path: string, options: KubeconfigOptions): Promise<void> {
  const { cluster, server, user, pkiDir, credentials } = options
  const ca = await readFile(join(pkiDir, 'ca.crt'), 'utf8')
  const pair = await readKeyPair(join(pkiDir, credentials))
  if (!pair) throw new Error(`no certificate ${credentials} in ${pkiDir}`)
  const context = `${user}@${cluster}`
  const content = stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: cluster, cluster: { 'certificate-authority-data': base64(ca), server } }],
      users: [
        { name: user, user: { 'client-certificate-data': base64(pair.cert), 'client-key-data': base64(pair.key) } },
      ],
      contexts: [{ name: context, context: { cluster, user } }],
      'current-context': context,
    },
    { lineWidth: 0 },
  )
  const present = await readFile(path, 'utf8').catch(() => undefined)
  if (present !== content) await writeSecret(path, content)
}
