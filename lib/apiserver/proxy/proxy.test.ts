import { describe, expect, test } from '@jest/globals'
import { isGlobalUnicast } from './addresses.ts'
import { answeredHeaders, forwardedHeaders } from './headers.ts'
import { rewriteHtml } from './rewrite-html.ts'
import { rewriteUrl } from './rewrite-url.ts'
import { escapePath, joinPath, parseTarget, proxiedPath } from './target.ts'

test.each([
  ['web', { scheme: '', name: 'web', port: '' }],
  ['web:80', { scheme: '', name: 'web', port: '80' }],
  ['web:', { scheme: '', name: 'web', port: '' }],
  ['https:web:', { scheme: 'https', name: 'web', port: '' }],
  ['http:web:metrics', { scheme: 'http', name: 'web', port: 'metrics' }],
  [':web:80', { scheme: '', name: 'web', port: '80' }],
  ['ftp:web:21', undefined],
  ['https::443', undefined],
  [':80', undefined],
  ['', undefined],
  ['a:b:c:d', undefined],
])('the target %s', (id, expected) => {
  expect(parseTarget(id)).toEqual(expected)
})

test.each([
  ['/api/v1/x/proxy', [], ''],
  ['/api/v1/x/proxy/', [], '/'],
  ['/api/v1/x/proxy/a/b', ['a', 'b'], '/a/b'],
  ['/api/v1/x/proxy/a/', ['a'], '/a/'],
  ['/api/v1/x/proxy/a/../../b', ['a', '..', '..', 'b'], '/b'],
  ['/api/v1/x/proxy/./a', ['.', 'a'], '/a'],
])('the path behind %s', (path, parts, expected) => {
  expect(proxiedPath(path, parts)).toBe(expected)
})

test.each([
  [['/a', 'b/'], '/a/b/'],
  [['/a/', ''], '/a/'],
  [['', '/'], '/'],
  [['/a/b', '../c'], '/a/c'],
])('%j joined', (parts, expected) => {
  expect(joinPath(...parts)).toBe(expected)
})

test('a path is escaped as Go does', () => {
  expect(escapePath("/a b/é?#%/$&+,:;=@/!'()*~-._")).toBe('/a%20b/%C3%A9%3F%23%25/$&+,:;=@/%21%27%28%29%2A~-._')
})

test.each([
  ['10.0.0.1', true],
  ['192.168.1.1', true],
  ['8.8.8.8', true],
  ['fd00::1', true],
  ['2001:db8::1', true],
  ['127.0.0.1', false],
  ['127.8.0.1', false],
  ['0.0.0.0', false],
  ['169.254.169.254', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::1', false],
  ['::', false],
  ['fe80::1', false],
  ['ff02::1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:7f00:1', false],
  ['::ffff:169.254.169.254', false],
  ['::ffff:10.0.0.1', true],
  ['localhost', false],
  ['', false],
])('%s may be reached: %s', (address, expected) => {
  expect(isGlobalUnicast(address)).toBe(expected)
})

describe('rewriting', () => {
  const page = { prefix: '/api/v1/namespaces/a/pods/b/proxy', backend: '10.0.0.7:80', host: 'api:6443' }
  const { prefix } = page

  test.each([
    ['/', `${prefix}/`],
    ['/a', `${prefix}/a`],
    ['/a/?x=/y#z', `${prefix}/a/?x=/y#z`],
    ['/a/../b', `${prefix}/b`],
    ['a/b', 'a/b'],
    ['../a', '../a'],
    ['?x=y', '?x=y'],
    ['#top', '#top'],
    ['mailto:a@b.c', 'mailto:a@b.c'],
    ['http://10.0.0.7:80/a', `${prefix}/a`],
    ['//10.0.0.7:80/a', `${prefix}/a`],
    ['http://10.0.0.7/a', 'http://10.0.0.7/a'],
    ['https://api:6443/a', `https://api:6443${prefix}/a`],
    ['http://example.com/a', 'http://example.com/a'],
    [`${prefix}/a`, `${prefix}/a`],
    ['', ''],
  ])('the address %s', (url, expected) => {
    expect(rewriteUrl(url, page)).toBe(expected)
  })

  test.each([
    ['<a href="/x">', '<a href="!/x">'],
    ["<A class=b HREF='/x' id=c>", '<A class=b HREF="!/x" id=c>'],
    ['<a href=/x>', '<a href="!/x">'],
    ['<a href = "/x" />', '<a href = "!/x" />'],
    ['<a title="href=/no" href="/x">', '<a title="href=/no" href="!/x">'],
    ['<a href="/x?a=1&amp;b=2">', '<a href="!/x?a=1&amp;b=2">'],
    ['<a href="&#x2f;x">', '<a href="!/x">'],
    ['<img src="/x" longdesc="/y" alt="/z">', '<img src="!/x" longdesc="!/y" alt="/z">'],
    ['<form action="/x"><button formaction=/y>', '<form action="!/x"><button formaction="!/y">'],
    ['<p href="/x">', '<p href="/x">'],
    ['<!-- <a href="/x"> -->', '<!-- <a href="/x"> -->'],
    ['<!doctype html><a href="/x">', '<!doctype html><a href="!/x">'],
    ['<script>"<a href=/x>"</script><a href=/y>', '<script>"<a href=/x>"</script><a href="!/y">'],
    ['<script src="/s"></SCRIPT ><a href="/x">', '<script src="!/s"></SCRIPT ><a href="!/x">'],
    ['<title><a href="/x"></title>', '<title><a href="/x"></title>'],
    ['<a href="/x', '<a href="/x'],
    ['<a href', '<a href'],
    ['a < b <a href="/x">', 'a < b <a href="!/x">'],
    ['<a =foo href="/x">text', '<a =foo href="/x">text'],
    ['', ''],
  ])('%s', (html, expected) => {
    expect(rewriteHtml(html, url => (url.startsWith('/') ? `!${url}` : url))).toBe(expected)
  })

  test.each(['<', '<a ', '<a href=', '<!--', '<a href="', "<a a='", '<script>', ' <a x=1 '])(
    'comes through a page of nothing but %j',
    piece => {
      const page = piece.repeat(200_000)
      expect(rewriteHtml(page, url => url)).toBe(page)
    },
  )
})

describe('headers', () => {
  test('of one connection end here, those that Connection names too', () => {
    const headers = {
      ':authority': 'api:6443',
      connection: 'x-mine, keep-alive',
      'x-mine': '1',
      'x-yours': '2',
      te: 'trailers',
      upgrade: 'h2c',
      authorization: 'Bearer secret',
    }
    expect(forwardedHeaders(headers, { remoteAddress: '192.0.2.1', uri: '/x' })).toEqual({
      host: 'api:6443',
      'x-yours': '2',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-uri': '/x',
    })
  })

  test('that ask for an upgrade stay', () => {
    const headers = { host: 'api', connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'k' }
    expect(forwardedHeaders(headers, { remoteAddress: '', isUpgrade: true })).toEqual({
      ...headers,
      'x-forwarded-for': '',
    })
  })

  test('of an answer', () => {
    const headers = {
      'set-cookie': ['a=b', 'c=d'],
      'transfer-encoding': 'chunked',
      'access-control-allow-origin': '*',
      'cache-control': 'max-age=60',
    }
    expect(answeredHeaders(headers)).toEqual({
      'set-cookie': ['a=b', 'c=d'],
      'cache-control': ['no-cache, private', 'max-age=60'],
    })
  })
})
