import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { chainId, imageConfig, imageSize, manifestFor } from './image-content.ts'

test('the chain of one layer is that layer; of more, the digest of the chain so far and the next', () => {
  expect(chainId(['sha256:a'])).toBe('sha256:a')
  const two = `sha256:${createHash('sha256').update('sha256:a sha256:b').digest('hex')}`
  const three = `sha256:${createHash('sha256').update(`${two} sha256:c`).digest('hex')}`
  expect(chainId(['sha256:a', 'sha256:b', 'sha256:c'])).toBe(three)
})

test('the manifest for this processor, or the only one that does not say for which', () => {
  const of = (architecture: string) => ({ digest: architecture, size: 1, platform: { architecture, os: 'linux' } })
  expect(manifestFor({ manifests: [of('arm64'), of('amd64')] }, 'x64')).toBe('amd64')
  expect(manifestFor({ manifests: [of('arm64')] }, 'x64')).toBeUndefined()
  expect(manifestFor({ manifests: [{ digest: 'any', size: 1 }] }, 'x64')).toBe('any')
})

test('what an image does not say is empty', () => {
  const nothing = { entrypoint: [], cmd: [], env: [], workingDir: '', user: '', stopSignal: '' }
  expect(imageConfig({ rootfs: { diff_ids: [] } })).toEqual(nothing)
  expect(imageConfig({ config: { Cmd: null, User: '5' }, rootfs: { diff_ids: [] } })).toEqual({ ...nothing, user: '5' })
})

test('its size is that of its configuration and layers', () => {
  expect(
    imageSize({
      config: { digest: '', size: 1 },
      layers: [
        { digest: '', size: 20 },
        { digest: '', size: 300 },
      ],
    }),
  ).toBe(321)
})
