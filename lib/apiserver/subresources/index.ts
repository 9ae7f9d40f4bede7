// Every subresource with a handler of its own: one line each.

import type { SubresourceRoute } from './subresource.ts'

export const subresources: SubresourceRoute[] = []
