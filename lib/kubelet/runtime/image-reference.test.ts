import { expect, test } from '@jest/globals'
import { isImageId, normalizeReference, repository } from './image-reference.ts'

const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['web', 'docker.io/library/web:latest'],
  ['web:1', 'docker.io/library/web:1'],
  ['team/web:1', 'docker.io/team/web:1'],
  ['docker.io/web', 'docker.io/library/web:latest'],
  ['index.docker.io/team/web', 'docker.io/team/web:latest'],
  ['binnacle.local/web:1', 'binnacle.local/web:1'],
  ['localhost/web', 'localhost/web:latest'],
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
