import { beforeAll, describe, expect, test } from '@jest/globals'
import { objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { createCa, type KeyPair } from '../../pki/issue.ts'
import { nodes } from './node.ts'
import { secrets } from './secret.ts'
import { serviceAccounts } from './service-account.ts'

describe('a key that does not belong to its certificate', () => {
  let [one, two]: KeyPair[] = []
  beforeAll(async () => {
    one = await createCa({ commonName: 'one' })
    two = await createCa({ commonName: 'two' })
  })
  const warnings = (type: string, cert = '', key = '') =>
    secrets.strategy?.warnings?.(objectOf(secrets, { type, stringData: { 'tls.crt': cert, 'tls.key': key } }) as never)
  const tls = (cert?: string, key?: string) => warnings('kubernetes.io/tls', cert, key)

  test('is warned of, in the words of Go', () => {
    expect(tls(one?.cert, one?.key)).toEqual([])
    expect(tls(one?.cert, two?.key)).toEqual(['tls: private key does not match public key'])
    expect(tls('x', one?.key)).toEqual(['tls: failed to find any PEM data in certificate input'])
    expect(tls(one?.cert, '')).toEqual(['tls: failed to find any PEM data in key input'])
    expect(tls(one?.key, one?.cert)).toEqual([
      'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched',
    ])
    expect(tls(one?.cert, one?.cert)).toEqual([
      'tls: found a certificate rather than a key in the PEM for the private key',
    ])
  })

  test('but only in a secret for TLS', () => {
    expect(warnings('Opaque', 'x', 'y')).toEqual([])
  })
})

describe('service accounts', () => {
  test('name their secrets and say no more of them', () => {
    const account = objectOf(serviceAccounts, { secrets: [{ kind: 'Secret', namespace: 'a', name: 'b', uid: 'c' }] })
    serviceAccounts.strategy?.prepareForCreate?.(account as never)
    expect(account.secrets).toEqual([{ name: 'b' }])
  })

  test('warn of what is deprecated, once', () => {
    const annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' }
    const [plain, enforcing] = [objectOf(serviceAccounts, {}), objectOf(serviceAccounts, {}, { annotations })]
    const warnings = (...args: object[]) => serviceAccounts.strategy?.warnings?.(...(args as [never]))
    expect(warnings(plain)).toEqual([])
    expect(warnings(enforcing, enforcing)).toEqual([])
    expect(warnings(enforcing, plain)).toEqual([
      'metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets',
    ])
  })
})

describe('the external ID of a node', () => {
  test('does nothing, and stays', () => {
    const old = objectOf(nodes, { spec: { externalID: 'a' } }) as never
    expect(nodes.strategy?.warnings?.(old)).toEqual([
      'spec.externalID: this field is deprecated, and is unused by Kubernetes',
    ])
    expect(
      texts(nodes.strategy?.validateUpdate?.(objectOf(nodes, { spec: { externalID: 'b' } }) as never, old)),
    ).toEqual(['spec.externalID: Forbidden: may not be updated'])
  })
})
