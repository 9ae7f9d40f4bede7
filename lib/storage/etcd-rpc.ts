// etcd's messages as our values. Keys and ranges go as Buffers: etcd3 takes a string for base64.

import type { IEvent, IKeyValue, IResponseHeader } from 'etcd3'
import type { KeyValue, KvEvent } from './kv.ts'

export function fromRpc(kv: IKeyValue): KeyValue {
  return {
    key: kv.key.toString(),
    value: kv.value,
    modRevision: BigInt(kv.mod_revision),
    createRevision: BigInt(kv.create_revision),
  }
}

export function eventFromRpc({ type, kv, prev_kv }: IEvent): KvEvent {
  const previous = prev_kv ? { previous: fromRpc(prev_kv) } : {}
  if (type === 'Put') return { type: 'put', kv: fromRpc(kv), ...previous }
  return { type: 'delete', key: kv.key.toString(), revision: BigInt(kv.mod_revision), ...previous }
}

export function revisionOf(answer: { header: IResponseHeader }): bigint {
  return BigInt(answer.header.revision)
}

/** Every key that begins with the prefix, as [key, range_end). */
export function keyRange(prefix: string): { key: Buffer; range_end: Buffer } {
  const key = Buffer.from(prefix)
  const end = Buffer.from(key)
  const last = end.length - 1
  end[last] = (end[last] ?? 0) + 1
  return { key, range_end: end }
}
