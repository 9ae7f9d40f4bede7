import { expect, test } from '@jest/globals'
import { isImageId, normalizeReference, referenceProblem, repository } from './image-reference.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['web', 'docker.io/library/web:latest'],
  ['web:1', 'docker.io/library/web:1'],
  ['team/web:1', 'docker.io/team/web:1'],
  ['docker.io/web', 'docker.io/library/web:latest'],
  ['index.docker.io/team/web', 'docker.io/team/web:latest'],
  ['binnacle.local/web:1', 'binnacle.local/web:1'],
  ['localhost/web', 'localhost/web:latest'],
  ['Registry/web', 'Registry/web:latest'],
  ['localhost:5000/web', 'localhost:5000/web:latest'],
  ['registry.test:5000/a/b/c:v1.2', 'registry.test:5000/a/b/c:v1.2'],
  [`web@${digest}`, `docker.io/library/web@${digest}`],
  [`registry.test:5000/web:1@${digest}`, `registry.test:5000/web@${digest}`],
])('%s is %s', (short, full) => {
  expect(normalizeReference(short)).toBe(full)
  expect(normalizeReference(full)).toBe(full)
})

test('the repository of a tag and of a digest', () => {
  expect(repository('registry.test:5000/web:1')).toBe('registry.test:5000/web')
  expect(repository(`docker.io/library/web@${digest}`)).toBe('docker.io/library/web')
})

test('an id is no name', () => {
  expect([isImageId(digest), isImageId('a'.repeat(64)), isImageId('web:1'), isImageId('cafe')]).toEqual([
    true,
    true,
    false,
    false,
  ])
})

const lowercase = (name: string) => `invalid reference format: repository name (${name}) must be lowercase`

test.each([
  ['web', undefined],
  ['registry.test:5000/a/b__c/d--e:v1.2', undefined],
  ['Registry/web', undefined],
  ['[::1]:5000/web', undefined],
  [`web:1@${digest}`, undefined],
  ['UPPER case', lowercase('library/UPPER case')],
  ['team/Web:1', lowercase('team/Web')],
  ['', 'invalid reference format'],
  ['web:', 'invalid reference format'],
  [':tag', 'invalid reference format'],
  ['two words', 'invalid reference format'],
  ['https://registry.test/web', 'invalid reference format'],
  ['registry.test//web', 'invalid reference format'],
  [`registry.test/${'a'.repeat(256)}`, 'repository name must not be more than 255 characters'],
  ['a'.repeat(64), `invalid repository name (${'a'.repeat(64)}), cannot specify 64-byte hexadecimal strings`],
  [`web@sha256:${'a'.repeat(32)}`, 'invalid checksum digest length'],
  [`web@md5:${'a'.repeat(32)}`, 'unsupported digest algorithm'],
  [`web@sha256:${'A'.repeat(64)}`, 'invalid checksum digest format'],
])('what is wrong with %j: %s', (reference, problem) => {
  expect(referenceProblem(reference)).toBe(problem)
})
