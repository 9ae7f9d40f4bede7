import { expect, test } from '@jest/globals'
import { listedPaths } from './routes.ts'

test('/ tells every path but those of resources', () => {
  const check = () => undefined
  const checks = [
    { name: 'ping', check, on: ['healthz' as const, 'livez' as const, 'readyz' as const] },
    { name: 'shutdown', check, on: ['readyz' as const] },
  ]
  const groups = [
    { group: '', versions: ['v1'] },
    { group: 'apps', versions: ['v1'] },
  ]
  expect(listedPaths(checks, groups)).toEqual([
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    '/apis/apps',
    '/apis/apps/v1',
    '/healthz',
    '/healthz/ping',
    '/livez',
    '/livez/ping',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/readyz',
    '/readyz/ping',
    '/readyz/shutdown',
    '/version',
  ])
})
