// Every review kind: one line each.

import type { Review } from './review.ts'

export const reviews: Review[] = []
