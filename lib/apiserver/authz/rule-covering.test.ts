import { expect, test } from '@jest/globals'
import type { PolicyRule } from '../../kinds/rbac/policy-rules.ts'
import { missingRules, printedRule } from './rule-covering.ts'

const rule = (verbs: string, resources: string, more: Partial<PolicyRule> = {}): PolicyRule => ({
  verbs: verbs.split(' '),
  apiGroups: [''],
  resources: resources.split(' '),
  ...more,
})
const everything: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }

test.each<[string, PolicyRule[], PolicyRule[], string[]]>([
  ['the same', [rule('get', 'pods')], [rule('get', 'pods')], []],
  ['over several rules', [rule('get', 'pods'), rule('list', 'pods')], [rule('get list', 'pods')], []],
  ['everything', [everything], [rule('escalate', 'pods', { resourceNames: ['a'] })], []],
  [
    'a star is not the sum of all',
    [rule('get list', 'pods')],
    [rule('*', 'pods')],
    ['{APIGroups:[""], Resources:["pods"], Verbs:["*"]}'],
  ],
  [
    'one verb',
    [rule('get', 'pods')],
    [rule('get list watch', 'pods')],
    ['{APIGroups:[""], Resources:["pods"], Verbs:["list" "watch"]}'],
  ],
  [
    'names are less than all',
    [rule('get', 'pods', { resourceNames: ['a'] })],
    [rule('get', 'pods')],
    ['{APIGroups:[""], Resources:["pods"], Verbs:["get"]}'],
  ],
  ['all are more than names', [rule('get', 'pods')], [rule('get', 'pods', { resourceNames: ['a'] })], []],
  ['the subresource of any', [rule('get', '*/scale')], [rule('get', 'deployments/scale')], []],
  [
    'paths below a star',
    [{ verbs: ['get'], nonResourceURLs: ['/apis/*'] }],
    [{ verbs: ['get'], nonResourceURLs: ['/apis/apps', '/api'] }],
    ['{NonResourceURLs:["/api"], Verbs:["get"]}'],
  ],
])('%s', (_, held, wanted, missing) => {
  expect(missingRules(held, wanted).map(printedRule)).toEqual(missing)
})
