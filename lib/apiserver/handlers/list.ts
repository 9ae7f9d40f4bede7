// GET of a collection: a page of one snapshot.

import { setImmediate } from 'node:timers/promises'
import { badRequest, hasReason } from '../../api/errors.ts'
import type { ListMeta } from '../../api/meta.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import { answerList } from '../answer.ts'
import { decodeContinue, encodeContinue } from '../continue-token.ts'
import { type ListOptions, listOptions } from '../list-options.ts'
import { type ResourceHandler, type ResourceRequest, rangeOf } from '../resource-request.ts'
import { type Selection, selectionOf } from '../selection.ts'
import { servedAs, viewAs } from '../served-entry.ts'
import { exactly, expiredContinue, notOlderThan, parseRevision, type View, type Wanted } from './read-revision.ts'

export const list: ResourceHandler = async r => {
  const { entries, metadata } = await listPage(r)
  return answerList(r, entries, metadata)
}

/** What the query asks for, in the definition's version: the entries, and the list's own metadata. */
export async function listPage(r: ResourceRequest): Promise<{ entries: Iterable<CacheEntry>; metadata: ListMeta }> {
  const { def, request } = r
  const options = listOptions(request.query, false)
  const selection = selectionOf(def, rangeOf(r), request.query)
  const { view, from } = await viewFor(r, options, selection)
  const page = await pageOf(viewAs(def, view), selection, { from, limit: options.limit, signal: request.signal })
  return { entries: page.entries, metadata: listMeta(view, selection, page) }
}

interface Page {
  entries: Iterable<CacheEntry>
  /** The last key of the page, when there may be more behind it. */
  last?: string
  /** Absent when selectors make it unknown. */
  remaining?: number
}

async function viewFor(
  { context, request, def }: ResourceRequest,
  options: ListOptions,
  { prefix, matches }: Selection,
): Promise<{ view: View; from: string }> {
  const { limit } = options
  const count = (entries: CacheEntry[]) =>
    matches ? entries.filter(entry => matches(servedAs(def, entry))).length : entries.length
  const wanted = { prefix, from: prefix, isEnough: (entries: CacheEntry[]) => limit > 0 && count(entries) > limit }
  if (options.continue) return continued(context, options, wanted, request.signal)
  const revision = parseRevision(options.resourceVersion, 'invalid resource version: ')
  // With a limit, and without a word on the match, a version other than 0 has always meant exactly that one.
  const isExact = options.resourceVersionMatch === 'Exact' || (!options.resourceVersionMatch && limit > 0)
  if (revision && isExact) return { view: await exactly(context, revision, wanted, request.signal), from: prefix }
  await notOlderThan(context, revision, request.signal)
  return { view: context.cache.snapshot(prefix), from: prefix }
}

async function continued(
  context: ResourceRequest['context'],
  options: ListOptions,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<{ view: View; from: string }> {
  const { revision, start } = decodeContinue(options.continue)
  if (options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  const from = wanted.prefix + start
  if (revision < 0n) {
    await notOlderThan(context, undefined, signal)
    return { view: context.cache.snapshot(wanted.prefix), from }
  }
  try {
    return { view: await exactly(context, revision, { ...wanted, from }, signal), from }
  } catch (error) {
    throw hasReason(error, 'Expired') ? expiredContinue(start) : error
  }
}

/** Others get their turn after this many. */
const testedAtOnce = 500

async function pageOf(
  view: View,
  { matches }: Selection,
  { from, limit, signal }: { from: string; limit: number; signal: AbortSignal },
): Promise<Page> {
  if (!matches && limit <= 0) return { entries: view.entries(from) }
  const entries: CacheEntry[] = []
  let tested = 0
  for (const entry of view.entries(from)) {
    if (limit > 0 && entries.length === limit) return full(view, entries, matches === undefined)
    if (!matches || matches(entry)) entries.push(entry)
    if (++tested % testedAtOnce === 0) await setImmediate(undefined, { signal })
  }
  return { entries }
}

function full(view: View, entries: CacheEntry[], isCounted: boolean): Page {
  const last = entries.at(-1)?.key ?? ''
  return { entries, last, ...(isCounted ? { remaining: view.size(`${last}\0`) } : {}) }
}

function listMeta(view: View, { prefix }: Selection, { last, remaining }: Page): ListMeta {
  const next =
    last === undefined
      ? undefined
      : encodeContinue({ revision: view.revision, start: `${last.slice(prefix.length)}\0` })
  return {
    resourceVersion: `${view.revision}`,
    ...(next === undefined ? {} : { continue: next }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  }
}
