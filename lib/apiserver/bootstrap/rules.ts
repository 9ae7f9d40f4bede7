// A short hand for writing policy rules down: `allow('get list watch', '', 'pods services')`.

import type { PolicyRule } from '../../kinds/rbac/policy-rules.ts'

export const read = 'get list watch'
export const write = 'create delete deletecollection patch update'
export const readWrite = `${read} ${write}`

/** The core group stands as `''`, or as `core` among others. Lists are sorted, as upstream writes them. */
export function allow(verbs: string, groups: string, resources: string, resourceNames?: string): PolicyRule {
  return {
    apiGroups: groups === '' ? [''] : words(groups).map(group => (group === 'core' ? '' : group)),
    ...(resourceNames ? { resourceNames: words(resourceNames) } : {}),
    resources: words(resources),
    verbs: words(verbs),
  }
}

export function allowUrls(verbs: string, urls: string): PolicyRule {
  return { nonResourceURLs: words(urls), verbs: words(verbs) }
}

/** Whoever records events needs this. */
export const events = allow('create patch update', 'core events.k8s.io', 'events')

export function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean).sort()
}
