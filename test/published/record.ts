// Writes digest.json: a mark of every fact that Kubernetes 1.36 publishes and we do too.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf, factsOf } from './facts.ts'
import { theirs } from './theirs.ts'

const published = theirs()
if (!published) throw new Error('the published description does not lie beside the repository')
const digest = digestOf(factsOf(published))
writeFileSync(join(import.meta.dirname, 'digest.json'), `${JSON.stringify(digest, null, 1)}\n`)
