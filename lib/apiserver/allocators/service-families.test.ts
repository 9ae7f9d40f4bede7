import { expect, test } from '@jest/globals'
import { setFamilies } from './service-families.ts'
import type { ServiceSpec } from './service-needs.ts'

const selector = { app: 'web' }
const both = ['IPv4', 'IPv6']
const notHere = 'Invalid value: "IPv6": not configured on this cluster'
const noDualStack = 'Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services'
const singleStack = (what: string) => `must be RequireDualStack or PreferDualStack when multiple ${what} are specified`

test.each<[string, ServiceSpec, ServiceSpec]>([
  ['left out', { selector }, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }],
  [
    'both if possible',
    { selector, ipFamilyPolicy: 'PreferDualStack' },
    { ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' },
  ],
  [
    'headless',
    { selector, clusterIP: 'None' },
    { clusterIPs: ['None'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
  ],
  [
    'headless, with endpoints by hand',
    { clusterIP: 'None' },
    { clusterIPs: ['None'], ipFamilies: both, ipFamilyPolicy: 'RequireDualStack' },
  ],
  [
    'headless, with endpoints of one family by hand',
    { clusterIP: 'None', ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' },
    { clusterIPs: ['None'], ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' },
  ],
])('%s', (_, spec, expected) => {
  const set = structuredClone(spec)
  expect(setFamilies(set, 'IPv4')).toEqual([])
  expect(set).toEqual({ ...spec, ...expected })
})

test('an alias of an outside name has none', () => {
  const spec: ServiceSpec = { type: 'ExternalName', externalName: 'a.b' }
  expect(setFamilies(spec, 'IPv4')).toEqual([])
  expect(spec).not.toHaveProperty('ipFamilies')
})

test.each<[string, ServiceSpec, string[]]>([
  ['the other family', { selector, ipFamilies: ['IPv6'] }, [`spec.ipFamilies[0]: ${notHere}`]],
  ['an address of the other family', { selector, clusterIP: 'fd00::1' }, [`spec.ipFamilies[0]: ${notHere}`]],
  ['both', { selector, ipFamilyPolicy: 'RequireDualStack' }, [`spec.ipFamilyPolicy: ${noDualStack}`]],
  [
    'both families, one alone',
    { selector, ipFamilyPolicy: 'SingleStack', ipFamilies: both },
    [
      `spec.ipFamilyPolicy: Invalid value: "SingleStack": ${singleStack('IP families')}`,
      `spec.ipFamilies[1]: ${notHere}`,
    ],
  ],
])('%s cannot be had', (_, spec, expected) => {
  expect(setFamilies(structuredClone(spec), 'IPv4').map(({ field, body }) => `${field}: ${body}`)).toEqual(expected)
})
