import { expect, test } from '@jest/globals'
import { goRegExp, PatternError } from './go-regexp.ts'

test.each<[string, string[], string[]]>([
  ['^[a-z]+$', ['abc'], ['', 'a1', 'abc\n']],
  ['^a.c$', ['abc', 'a😀c'], ['a\nc']],
  ['(?i)^abc', ['ABCd'], ['x']],
  ['a(?i)b(?-i)c', ['aBc', 'abc'], ['ABc', 'aBC']],
  ['^(a(?i)b|c)d$', ['aBd', 'cd', 'Cd'], ['aBD', 'Ad']],
  ['(?s)a.b', ['a\nb'], []],
  ['(?m)^b$', ['a\nb'], ['ab']],
  ['^(?P<year>\\d{4})$', ['2026'], ['26']],
  ['^(?<year>\\d{4})$', ['2026'], ['26']],
  ['^[[:alpha:]_]+$', ['ab_'], ['a1']],
  ['^[^[:space:]]+$', ['ab'], ['a b']],
  ['^\\pL+\\p{Greek}?$', ['é', 'éα'], ['1']],
  ['^\\PL$', ['1'], ['a']],
  ['^\\s$', ['\t', ' '], ['\u00a0', '\v']],
  ['^[\\s\\S]$', ['a', ' '], ['']],
  ['\\Aab\\z', ['ab'], ['ab\n', 'xab']],
  ['^\\Qa.b\\E+$', ['a.b', 'a.bb'], ['axb']],
  ['^a{2,}b{1}$', ['aab'], ['ab']],
  ['^a{,2}$', ['a{,2}'], ['aa']],
  ['^{}$', ['{}'], []],
  ['^\\_\\-\\/\\.$', ['_-/.'], ['_-/x']],
  ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', ['a-1', 'a'], ['-a', 'a-']],
  ['^[-_.]+$', ['-_.'], ['a']],
  ['^[]a]+$', [']a'], ['b']],
  ['^[^]]$', ['a'], [']']],
  ['^[\\w-]+$', ['a-b'], ['a b']],
  ['^[a\\]]$', [']', 'a'], ['\\']],
  ['^\\x41\\x{1F600}\\101$', ['A😀A'], []],
  ['^(?:a|b)*?$', ['abab', ''], ['c']],
  ['', ['', 'x'], []],
  ['\\bab\\b', ['x ab y', 'ab'], ['xab']],
  ['a\\Bb', ['ab'], ['a b']],
  ['^(a|bc){2,3}$', ['abc', 'bcabc', 'aaa'], ['a', 'aaaa']],
  ['^(a{2}){2}$', ['aaaa'], ['aaa']],
  ['^a{0}b$', ['b'], ['ab']],
  ['^(|a)+$', ['', 'aa'], ['b']],
  ['^(a*)*$', ['', 'aa'], ['b']],
  ['b', ['abc'], ['ac']],
  ['^(?U)a+$', ['aa'], ['b']],
  ['^[[:^alpha:]]$', ['1'], ['a']],
])('%s', (pattern, good, bad) => {
  const expression = goRegExp(pattern)
  expect(good.filter(text => !expression.test(text))).toEqual([])
  expect(bad.filter(text => expression.test(text))).toEqual([])
})

test.each([
  ['^(a+)+$', 'a'],
  ['^(a|a)*$', 'a'],
  ['^([a-z]+)*\\.$', 'a'],
  ['(x+x+)+y', 'x'],
  ['^(([a-z0-9]+)+\\.)+$', 'a'],
])('no pattern is slow: %s', (pattern, char) => {
  // An engine that goes back and tries again would not come to an end.
  expect(goRegExp(pattern).test(`${char.repeat(5000)}!`)).toBe(false)
})

test('what Go does not take is an error of its own', () => {
  expect(() => goRegExp('(')).toThrow(PatternError)
})

test.each([
  ['(', 'missing closing ): `(`'],
  [')', 'unexpected ): `)`'],
  ['[a', 'missing closing ]: `[a`'],
  ['*a', 'missing argument to repetition operator: `*`'],
  ['a**', 'invalid nested repetition operator: `**`'],
  ['a{1001}', 'invalid repeat count: `{1001}`'],
  ['a{2,1}', 'invalid repeat count: `{2,1}`'],
  ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
  ['(?<!a)', 'invalid named capture: `(?<!a)`'],
  ['((a{1000}){1000}){1000}', 'invalid repeat count: `{1000}`'],
  ['(a)\\1', 'invalid escape sequence: `\\1`'],
  ['\\y', 'invalid escape sequence: `\\y`'],
  ['a\\', 'trailing backslash at end of expression: ``'],
  ['[[:nope:]]', 'invalid character class range: `[:nope:]`'],
])('what Go does not take is refused: %s', (pattern, why) => {
  expect(() => goRegExp(pattern)).toThrow(`error parsing regexp: ${why}`)
})
