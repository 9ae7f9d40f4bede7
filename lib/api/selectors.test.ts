import { describe, expect, test } from '@jest/globals'
import {
  escapeFieldValue,
  formatLabelSelector,
  formatRequirements,
  matches,
  matchesSelector,
  parseFieldSelector,
  parseLabelSelector,
  selectorText,
} from './selectors.ts'

describe('label selectors as text', () => {
  const labels = { app: 'web', tier: 'front', replicas: '5', empty: '' }

  test.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    [' app = web , tier=front', true],
    ['app!=web', false],
    ['missing!=web', true],
    ['app in (web, api)', true],
    ['app notin (web)', false],
    ['missing notin (web)', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['replicas>4', true],
    ['replicas<5', false],
    ['app>4', false],
    ['empty=', true],
    ['empty in ()', true],
    ['empty in (,a)', true],
    ['app in (a,,b)', false],
    ['in', false],
    ['in in (in)', false],
    ['constructor', false],
  ])('%j matches: %s', (text, expected) => {
    expect(matches(parseLabelSelector(text), labels)).toBe(expected)
  })

  test.each([
    ['app web', "unable to parse requirement: found 'web', expected: in, notin, =, ==, !=, gt, lt"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a=b,', "found '', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b c)', "unable to parse requirement: found 'c', expected: ',' or ')'"],
    ['a in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    [
      'a>x',
      "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    [
      '-a=b',
      "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
    [
      'a=-b',
      "unable to parse requirement: values[0][a]: Invalid value: \"-b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ],
  ])('%j is refused', (text, message) => {
    expect(() => parseLabelSelector(text)).toThrow(expect.objectContaining({ code: 400, message }))
  })

  test('are written back sorted by key', () => {
    expect(formatRequirements(parseLabelSelector('z,b notin (y,x),!c,a=1'))).toBe('a in (1),b notin (x,y),!c,z')
  })
})

describe('label selectors as values', () => {
  const selector = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['front', 'back'] },
      { key: 'canary', operator: 'DoesNotExist' },
    ],
  }

  test('match', () => {
    expect(matchesSelector(selector, { app: 'web', tier: 'back' })).toBe(true)
    expect(matchesSelector(selector, { app: 'web', tier: 'back', canary: '' })).toBe(false)
    expect(matchesSelector({}, undefined)).toBe(true)
    expect(matchesSelector(undefined, { app: 'web' })).toBe(false)
  })

  test('are shown', () => {
    expect(selectorText(selector)).toBe('app=web,!canary,tier in (back,front)')
    expect(formatLabelSelector(selector)).toBe('app=web,!canary,tier in (back,front)')
    expect(formatLabelSelector({})).toBe('<none>')
    expect(formatLabelSelector(undefined)).toBe('<none>')
    expect(formatLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Like', values: ['b'] }] })).toBe('<error>')
  })
})

describe('field selectors', () => {
  test.each([
    ['', []],
    ['status.phase!=Failed,spec.nodeName=n', ['spec.nodeName=n', 'status.phase!=Failed']],
    ['a==b', ['a=b']],
    ['a=x\\,y\\=z\\\\', ['a=x,y=z\\']],
    ['a=', ['a=']],
    ['=,,', []],
  ])('%j', (text, expected) => {
    expect(parseFieldSelector(text).map(r => `${r.path}${r.operator}${r.value}`)).toEqual(expected)
  })

  test.each([
    ['a', "invalid selector: 'a'; can't understand 'a'"],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['a=\\b', 'invalid field selector: invalid escape sequence: \\b'],
    ['a=b\\', 'invalid field selector: invalid escape sequence: \\'],
  ])('%j is refused', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(expect.objectContaining({ code: 400, message }))
  })

  test('escaping is undone by parsing', () => {
    const value = 'a,b=c\\d'
    expect(parseFieldSelector(`x=${escapeFieldValue(value)}`)).toEqual([{ path: 'x', operator: '=', value }])
  })
})
