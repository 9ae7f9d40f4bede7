// Key pairs on disk: `<path>.crt` and `<path>.key`, the key 0600, each file replaced whole.

import { randomUUID, X509Certificate } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CertificateRequest, KeyPair } from './issue.ts'

/** undefined when either file is absent. */
export async function readKeyPair(path: string): Promise<KeyPair | undefined> {
  try {
    const [cert, key] = await Promise.all([readFile(`${path}.crt`, 'utf8'), readFile(`${path}.key`, 'utf8')])
    return { cert, key }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export async function writeKeyPair(path: string, pair: KeyPair): Promise<void> {
  await writeSecret(`${path}.key`, pair.key)
  await writeWhole(`${path}.crt`, pair.cert, 0o644)
}

/** Readable by its owner alone, from the first byte on. */
export function writeSecret(path: string, content: string): Promise<void> {
  return writeWhole(path, content, 0o600)
}

async function writeWhole(path: string, content: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomUUID()}`
  await writeFile(temporary, content, { mode })
  await rename(temporary, path)
}

const renewBeforeMs = 30 * 24 * 3600 * 1000

/** Why a certificate must be made anew, or undefined while it serves: signed by this CA, far from expiry, every name. */
export function renewalReason(
  certPem: string,
  caPem: string,
  wanted: Pick<CertificateRequest, 'commonName' | 'organizations' | 'dnsNames' | 'ips'>,
  nowMs: number,
): string | undefined {
  const certificate = new X509Certificate(certPem)
  if (!certificate.verify(new X509Certificate(caPem).publicKey)) return 'it is signed by another CA'
  if (certificate.validToDate.getTime() - nowMs < renewBeforeMs) return `it expires on ${certificate.validTo}`
  const subject = [...(wanted.organizations ?? []).map(group => `O=${group}`), `CN=${wanted.commonName}`].join('\n')
  if (certificate.subject !== subject) return 'its subject is another'
  const missing =
    wanted.dnsNames?.find(name => !certificate.checkHost(name, { subject: 'never' })) ??
    wanted.ips?.find(ip => !certificate.checkIP(ip))
  return missing ? `it does not name ${missing}` : undefined
}
