// GET of a collection: a page of one snapshot.

import { badRequest, hasReason } from '../../api/errors.ts'
import type { ListMeta } from '../../api/meta.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import { answerList } from '../answer.ts'
import { decodeContinue, encodeContinue } from '../continue-token.ts'
import { type ListOptions, listOptions } from '../list-options.ts'
import { type ResourceHandler, type ResourceRequest, rangeOf } from '../resource-request.ts'
import { type Selection, selectionOf } from '../selection.ts'
import { viewAs } from '../served-entry.ts'
import { exactly, expiredContinue, notOlderThan, parseRevision, type View } from './read-revision.ts'

export const list: ResourceHandler = async r => {
  const options = listOptions(r.request.query, false)
  const selection = selectionOf(r.def, rangeOf(r), r.request.query)
  const { view, from } = await viewFor(r, options, selection)
  const page = pageOf(viewAs(r.def, view), selection, from, options.limit)
  return answerList(r, page.entries, listMeta(view, selection, page))
}

interface Page {
  entries: CacheEntry[]
  /** The last key of the page, when there may be more behind it. */
  last?: string
  /** Absent when selectors make it unknown. */
  remaining?: number
}

async function viewFor(
  { context, request }: ResourceRequest,
  options: ListOptions,
  { prefix }: Selection,
): Promise<{ view: View; from: string }> {
  if (options.continue) return continued(context, options, prefix, request.signal)
  const revision = parseRevision(options.resourceVersion)
  // With a limit, and without a word on the match, a version other than 0 has always meant exactly that one.
  const isExact = options.resourceVersionMatch === 'Exact' || (!options.resourceVersionMatch && options.limit > 0)
  if (revision && isExact) return { view: await exactly(context, revision, prefix, request.signal), from: prefix }
  await notOlderThan(context, revision, request.signal)
  return { view: context.cache.snapshot(prefix), from: prefix }
}

async function continued(
  context: ResourceRequest['context'],
  options: ListOptions,
  prefix: string,
  signal: AbortSignal,
): Promise<{ view: View; from: string }> {
  const { revision, start } = decodeContinue(options.continue)
  if (options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue')
  }
  const from = prefix + start
  if (revision < 0n) {
    await notOlderThan(context, undefined, signal)
    return { view: context.cache.snapshot(prefix), from }
  }
  try {
    return { view: await exactly(context, revision, prefix, signal), from }
  } catch (error) {
    throw hasReason(error, 'Expired') ? expiredContinue(start) : error
  }
}

function pageOf(view: View, { matches }: Selection, from: string, limit: number): Page {
  const entries: CacheEntry[] = []
  for (const entry of view.entries(from)) {
    if (limit > 0 && entries.length === limit) return full(view, entries, matches === undefined, from)
    if (!matches || matches(entry.object)) entries.push(entry)
  }
  return { entries }
}

function full(view: View, entries: CacheEntry[], isCounted: boolean, from: string): Page {
  const last = entries.at(-1)?.key ?? from
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
