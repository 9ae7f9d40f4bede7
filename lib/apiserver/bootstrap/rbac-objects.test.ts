import { expect, test } from '@jest/globals'
import { clusterRoles } from '../../kinds/rbac/cluster-role.ts'
import { clusterRoleBindings } from '../../kinds/rbac/cluster-role-binding.ts'
import { roles } from '../../kinds/rbac/role.ts'
import { roleBindings } from '../../kinds/rbac/role-binding.ts'
import {
  autoupdate,
  bindingOf,
  defaultClusterRoles,
  defaultRoles,
  reconciledBinding,
  reconciledRole,
} from './rbac-objects.ts'
import { clusterRoleBindings as clusterBindings, namespaceRoleBindings } from './role-bindings.ts'

const [anyRole] = defaultRoles()
if (!anyRole) throw new Error('there are no default roles')

test('all of them are valid, and every binding finds its role', () => {
  const all = { clusterRoles: defaultClusterRoles(), roles: defaultRoles() }
  for (const role of all.clusterRoles)
    expect([role.metadata.name, clusterRoles.strategy?.validate?.(role)]).toEqual([role.metadata.name, []])
  for (const role of all.roles) expect(roles.strategy?.validate?.(role)).toEqual([])
  const names = new Set(all.clusterRoles.map(role => role.metadata.name))
  for (const spec of clusterBindings) {
    const binding = bindingOf(spec)
    expect(clusterRoleBindings.strategy?.validate?.(binding)).toEqual([])
    expect(names).toContain(binding.roleRef.name)
  }
  const inNamespaces = new Set(all.roles.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`))
  for (const spec of namespaceRoleBindings) {
    const binding = bindingOf(spec)
    expect(roleBindings.strategy?.validate?.(binding)).toEqual([])
    expect(inNamespaces).toContain(`${binding.metadata.namespace}/${binding.roleRef.name}`)
  }
})

test('a role that has all it needs is left alone, with what was added', () => {
  const grown = {
    ...anyRole,
    rules: [...(anyRole.rules ?? []), { verbs: ['get'], apiGroups: ['x'], resources: ['y'] }],
  }
  expect(reconciledRole(grown, anyRole)).toBe(grown)
})

test('what is missing comes back, unless nobody may touch the role', () => {
  const poor = { ...anyRole, rules: anyRole.rules?.slice(1) ?? [] }
  expect(reconciledRole(poor, anyRole).rules).toEqual(expect.arrayContaining(anyRole.rules ?? []))
  const kept = { ...poor, metadata: { ...poor.metadata, annotations: { [autoupdate]: 'false' } } }
  expect(reconciledRole(kept, anyRole)).toBe(kept)
})

test('a subject that was taken away comes back, one that was added stays', () => {
  const wanted = bindingOf({ name: 'a', subjects: [{ kind: 'Group', name: 'g' }] })
  const current = { ...wanted, subjects: [{ kind: 'User', name: 'u' }] }
  expect(reconciledBinding(current, wanted).subjects).toEqual([
    { kind: 'User', name: 'u' },
    { kind: 'Group', name: 'g' },
  ])
  expect(reconciledBinding(wanted, wanted)).toBe(wanted)
})
