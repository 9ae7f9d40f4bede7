// How new an answer must be: the rules of resourceVersion for reads.

import { badRequest, expired, StatusError } from '../../api/errors.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import { Compacted } from '../../storage/kv.ts'
import type { StorageContext } from '../context.ts'
import { encodeContinue } from '../continue-token.ts'
import { withDeadline } from '../deadline.ts'

/** How long a reader waits for a revision that the server has not seen yet. */
const tooNewAfterMs = 3000

/** What a list reads: every entry of a range at one revision. */
export interface View {
  revision: bigint
  /** In key order, from the key `from` (inclusive). */
  entries(from?: string): Iterable<CacheEntry>
  size(from?: string): number
}

const uint64 = 2n ** 64n

/** Throws BadRequest, whose message begins with `prefix`. '' is undefined. */
export function parseRevision(text: string, prefix = ''): bigint | undefined {
  if (text === '') return undefined
  const isNumber = /^\d+$/.test(text)
  if (isNumber && BigInt(text) < uint64) return BigInt(text)
  const shown = JSON.stringify(text)
  const why = isNumber ? 'value out of range' : 'invalid syntax'
  throw badRequest(`${prefix}resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: ${why}`)
}

/**
 * Waits until the cache is as new as asked: undefined is as new as etcd at this moment, 0 is whatever is there. Throws
 * Timeout for a revision of the future.
 */
export async function notOlderThan(
  { cache, clock }: StorageContext,
  revision: bigint | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (revision === undefined) {
    await cache.fresh(signal)
    return
  }
  if (revision <= cache.revision) return
  const late = () => tooNew(revision, cache.revision)
  await withDeadline({ clock, limitMs: tooNewAfterMs, late, signal }, given => cache.seen(revision, given))
}

function tooNew(revision: bigint, current: bigint): StatusError {
  return new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${revision}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}

/** What is read of a range. */
export interface Wanted {
  prefix: string
  /** The first key. */
  from: string
  /** True when what follows these entries need not be read. */
  isEnough(entries: CacheEntry[]): boolean
}

/**
 * The range as it was at exactly this revision, from the cache or, where it has forgotten, from etcd. What etcd has
 * compacted away is gone for every server, also for one that still has it. Throws Expired.
 */
export async function exactly(
  context: StorageContext,
  revision: bigint,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<View> {
  await notOlderThan(context, revision, signal)
  try {
    const cached = context.cache.at(revision, wanted.prefix)
    if (!cached) return await fromEtcd(context, revision, wanted, signal)
    await context.store.mustRemember(revision, signal)
    return cached
  } catch (error) {
    if (error instanceof Compacted) throw expired('The resourceVersion for the provided list is too old.')
    throw error
  }
}

const pageSize = 1000

async function fromEtcd(
  { store }: StorageContext,
  revision: bigint,
  { prefix, from, isEnough }: Wanted,
  signal: AbortSignal,
): Promise<View> {
  const entries: CacheEntry[] = []
  let remaining = 0
  for (let startKey = from; ; ) {
    const page = await store.list(prefix, { revision, startKey, limit: pageSize }, signal)
    entries.push(...page.entries)
    remaining = page.remaining
    if (remaining === 0 || isEnough(entries)) break
    startKey = `${entries.at(-1)?.key}\0`
  }
  const after = (key: string) => entries.filter(entry => entry.key >= key)
  return { revision, entries: (key = '') => after(key), size: (key = '') => after(key).length + remaining }
}

/** What a list with a forgotten snapshot is told: how to go on with what is there now. */
export function expiredContinue(start: string): StatusError {
  const error = expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
      'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
      'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
      'deleted between the time the first chunk was returned and now may show up in the list.',
  )
  error.continueToken = encodeContinue({ revision: -1n, start })
  return error
}
