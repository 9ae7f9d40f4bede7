import { expect, test } from '@jest/globals'
import { apiServices } from '../../kinds/apiregistration/api-service.ts'
import { builtinKinds } from '../../kinds/index.ts'
import { builtinApiServices, customApiServices, reconciledApiService } from './api-services.ts'

const names = (services: { metadata: { name?: string } }[]) => services.map(({ metadata }) => metadata.name).sort()

test('every group and version of the server’s own has one, but the one of API services itself', () => {
  const expected = new Set(builtinKinds.map(({ group, version }) => `${version}.${group}`))
  expected.delete('v1.apiregistration.k8s.io')
  const services = builtinApiServices(builtinKinds)
  expect(names(services)).toEqual([...expected].sort())
  for (const service of services) expect(apiServices.strategy?.validate?.(service)).toEqual([])
})

test('of a definition, the versions that are served', () => {
  const versions = [
    { name: 'v1', served: true },
    { name: 'v2', served: false },
  ]
  const definition = { apiVersion: '', kind: '', metadata: {}, spec: { group: 'example.com', versions } }
  const services = customApiServices([definition, definition])
  expect(services).toMatchObject([
    {
      metadata: { name: 'v1.example.com', labels: { 'kube-aggregator.kubernetes.io/automanaged': 'true' } },
      spec: { groupPriorityMinimum: 1000, versionPriority: 100 },
    },
  ])
  expect(apiServices.strategy?.validate?.(services[0] as never)).toEqual([])
})

test('what is ours is put right; what is not stays', () => {
  const [wanted] = builtinApiServices([{ group: 'apps', version: 'v1' }])
  if (!wanted) throw new Error('there is none for apps/v1')
  const changed = { ...wanted, spec: { ...wanted.spec, groupPriorityMinimum: 1, versionPriority: 1 } }
  expect(reconciledApiService(changed, wanted).spec).toEqual(wanted.spec)
  const theirs = { ...changed, metadata: { name: 'v1.apps' } }
  expect(reconciledApiService(theirs, wanted)).toBe(theirs)
  expect(reconciledApiService(wanted, structuredClone(wanted))).toBe(wanted)
})
