import { expect, test } from '@jest/globals'
import { type PolicyRule, ruleErrors, type Subject, subjectErrors } from './policy-rules.ts'

const texts = (errors: { field: string; body: string }[]) => errors.map(({ field, body }) => `${field}: ${body}`)

test.each<[PolicyRule, boolean, string[]]>([
  [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }, true, []],
  [
    { verbs: [] },
    true,
    [
      'r.verbs: Required value: verbs must contain at least one value',
      'r.apiGroups: Required value: resource rules must supply at least one api group',
      'r.resources: Required value: resource rules must supply at least one resource',
    ],
  ],
  [
    { verbs: ['get'], nonResourceURLs: ['/x'] },
    true,
    ['r.nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs'],
  ],
  [
    { verbs: ['get'], nonResourceURLs: ['/x'], resources: ['pods'] },
    false,
    ['r.nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs'],
  ],
])('%j', (rule, isNamespaced, expected) => {
  expect(texts(ruleErrors(rule, 'r', isNamespaced))).toEqual(expected)
})

const apiGroup = 'rbac.authorization.k8s.io'
test.each<[Subject, string[]]>([
  [{ kind: 'User', name: 'jane', apiGroup }, []],
  [{ kind: 'ServiceAccount', name: 'robot', namespace: 'default' }, []],
  [{ kind: 'ServiceAccount', name: 'robot' }, ['s.namespace: Required value']],
  [
    { kind: 'Group', name: '', apiGroup },
    ['s.name: Required value', 's.name: Invalid value: "": group name cannot be empty'],
  ],
  [
    { kind: 'User', name: 'jane', apiGroup: 'x' },
    [`s.apiGroup: Unsupported value: "x": supported values: "${apiGroup}"`],
  ],
  [
    { kind: 'Robot', name: 'a' },
    ['s.kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"'],
  ],
])('%j', (subject, expected) => {
  expect(texts(subjectErrors(subject, 's', false))).toEqual(expected)
})
