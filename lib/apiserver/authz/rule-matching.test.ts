import { expect, test } from '@jest/globals'
import type { PolicyRule } from '../../kinds/rbac/policy-rules.ts'
import type { RequestInfo } from '../request-info.ts'
import { ruleAllows } from './rule-matching.ts'

const empty: RequestInfo = {
  isResourceRequest: true,
  path: '',
  verb: 'get',
  apiGroup: '',
  apiVersion: 'v1',
  namespace: '',
  resource: '',
  subresource: '',
  name: '',
  parts: [],
}
/** `get apps/deployments/scale:web`, `get /healthz` */
function asked(text: string): RequestInfo {
  const [verb = '', what = ''] = text.split(' ')
  if (what.startsWith('/')) return { ...empty, isResourceRequest: false, verb, path: what }
  const [path = '', name = ''] = what.split(':')
  const [apiGroup = '', resource = '', subresource = ''] = path.split('/')
  return { ...empty, verb, apiGroup: apiGroup === 'core' ? '' : apiGroup, resource, subresource, name }
}

const pods: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }
const everything: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }
const named: PolicyRule = { ...pods, resourceNames: ['web'] }
const anyScale: PolicyRule = { verbs: ['update'], apiGroups: ['*'], resources: ['*/scale'] }
const logs: PolicyRule = { verbs: ['get'], apiGroups: [''], resources: ['pods/log'] }
const urls: PolicyRule = { verbs: ['get'], nonResourceURLs: ['/healthz', '/apis/*'] }

test.each<[string, PolicyRule, string, boolean]>([
  ['the verb', pods, 'get core/pods', true],
  ['another verb', pods, 'delete core/pods', false],
  ['another group', pods, 'get metrics.k8s.io/pods', false],
  ['a subresource is not its parent', pods, 'get core/pods/log:web', false],
  ['nor the parent its subresource', logs, 'get core/pods:web', false],
  ['a subresource', logs, 'get core/pods/log:web', true],
  ['stars', everything, 'escalate apps/deployments/scale:web', true],
  ['stars for resources say nothing of paths', everything, 'get /healthz', false],
  ['the subresource of any resource', anyScale, 'update apps/deployments/scale:web', true],
  ['not another one', anyScale, 'update apps/deployments/status:web', false],
  ['not the resource itself', anyScale, 'update apps/deployments:web', false],
  ['a name', named, 'get core/pods:web', true],
  ['another name', named, 'get core/pods:db', false],
  ['no name: a list is of all names', named, 'list core/pods', false],
  ['a path', urls, 'get /healthz', true],
  ['not below it', urls, 'get /healthz/etcd', false],
  ['a path below a star', urls, 'get /apis/apps/v1', true],
  ['the star needs the slash', urls, 'get /apis', false],
  ['paths say nothing of resources', urls, 'get core/pods', false],
])('%s', (_, rule, request, allowed) => {
  expect(ruleAllows(rule, asked(request))).toBe(allowed)
})
