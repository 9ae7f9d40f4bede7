// PEM blocks, as Go's encoding/pem reads them: what stands around a block is passed over.

export interface PemBlock {
  /** `CERTIFICATE REQUEST` */
  type: string
  hasHeaders: boolean
  bytes: Uint8Array
}

const block = /-----BEGIN ([^\n-]+)-----[ \t]*\r?\n([\s\S]*?)-----END \1-----/g
const headers = /^(?:[^\n:]+:[^\n]*\n)+/

export function pemBlocks(text: string): PemBlock[] {
  return [...text.matchAll(block)].map(([, type = '', body = '']) => ({
    type,
    hasHeaders: headers.test(body),
    bytes: Buffer.from(body.replace(headers, ''), 'base64'),
  }))
}
