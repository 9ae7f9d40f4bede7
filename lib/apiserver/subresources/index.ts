// Every subresource with a handler of its own: one line each.

import { binding } from './binding.ts'
import { eviction } from './eviction.ts'
import type { SubresourceRoute } from './subresource.ts'
import { token } from './token.ts'

export const subresources: SubresourceRoute[] = [binding, eviction, token]
