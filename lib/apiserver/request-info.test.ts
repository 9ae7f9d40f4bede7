import { describe, expect, test } from '@jest/globals'
import { isLongRunning, isTrue, requestInfo } from './request-info.ts'

const parse = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?')
  const { verb, apiGroup, apiVersion, namespace, resource, subresource, name, isResourceRequest, parts } = requestInfo(
    method,
    path,
    new URLSearchParams(query),
  )
  return isResourceRequest
    ? [verb, apiGroup, apiVersion, namespace, resource, name, subresource, ...parts].join('|')
    : `other ${verb}`
}

describe('requestInfo', () => {
  test.each([
    ['GET', '/api/v1/namespaces', 'list||v1||namespaces||'],
    ['GET', '/api/v1/namespaces/web', 'get||v1|web|namespaces|web|'],
    ['PUT', '/api/v1/namespaces/web/finalize', 'update||v1|web|namespaces|web|finalize'],
    ['GET', '/api/v1/namespaces/web/status', 'get||v1|web|namespaces|web|status'],
    ['GET', '/api/v1/namespaces/web/pods', 'list||v1|web|pods||'],
    ['GET', '/api/v1/pods', 'list||v1||pods||'],
    ['GET', '/api/v1/pods?watch=true', 'watch||v1||pods||'],
    ['GET', '/api/v1/pods?watch=1', 'watch||v1||pods||'],
    ['GET', '/api/v1/pods?watch=false', 'list||v1||pods||'],
    ['GET', '/api/v1/pods?watch', 'watch||v1||pods||'],
    ['GET', '/api/v1/watch/namespaces/web/pods/a', 'watch||v1|web|pods|a|'],
    ['GET', '/api/v1/namespaces/web/pods?fieldSelector=metadata.name=a', 'list||v1|web|pods|a|'],
    ['GET', '/api/v1/pods?fieldSelector=spec.nodeName=n,metadata.name==a&watch=true', 'watch||v1||pods|a|'],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name!=a', 'list||v1||pods||'],
    ['HEAD', '/api/v1/namespaces/web/pods/a', 'get||v1|web|pods|a|'],
    ['POST', '/api/v1/namespaces/web/pods/a/binding', 'create||v1|web|pods|a|binding'],
    ['PATCH', '/apis/apps/v1/namespaces/web/deployments/a/scale', 'patch|apps|v1|web|deployments|a|scale'],
    ['DELETE', '/apis/apps/v1/namespaces/web/deployments', 'deletecollection|apps|v1|web|deployments||'],
    ['DELETE', '/apis/apps/v1/namespaces/web/deployments/a', 'delete|apps|v1|web|deployments|a|'],
    ['GET', '/api/v1/namespaces/web/pods/a/proxy/metrics/x', 'get||v1|web|pods|a|proxy|metrics|x'],
    ['GET', '/api/v1/pods?fieldSelector=spec.nodeName!=a\\,metadata.name\\=b', 'list||v1||pods||'],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name', 'list||v1||pods||'],
    ['constructor', '/api/v1/pods', '||v1||pods||'],
    ['GET', '/api', 'other get'],
    ['GET', '/api/v1', 'other get'],
    ['GET', '/apis/apps/v1', 'other get'],
    ['POST', '/healthz', 'other post'],
  ])('%s %s', (method, url, expected) => {
    expect(parse(method, url)).toBe(expected)
  })
})

test.each([
  ['GET', '/api/v1/pods', 'watch=true', true],
  ['GET', '/api/v1/pods', '', false],
  ['GET', '/api/v1/namespaces/a/pods/b/log', '', true],
  ['GET', '/metrics', '', false],
])('isLongRunning %s %s?%s', (method, path, query, expected) => {
  expect(isLongRunning(requestInfo(method, path, new URLSearchParams(query)))).toBe(expected)
})

test.each([
  [null, false],
  ['', true],
  ['0', false],
  ['FALSE', false],
  ['yes', true],
])('isTrue(%p)', (value, expected) => {
  expect(isTrue(value)).toBe(expected)
})
