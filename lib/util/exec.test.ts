import { expect, test } from '@jest/globals'
import { ExecError, exec } from './exec.ts'

test('answers what the program wrote; reads what it is given', async () => {
  expect(await exec('sh', ['-c', 'cat; echo word >&2'], { input: 'given' })).toEqual({
    stdout: 'given',
    stderr: 'word\n',
  })
})

test.each([
  ['another exit code than 0', ['sh', '-c', 'echo why >&2; exit 3'], 'sh -c echo why >&2; exit 3: why', 3],
  ['a signal', ['sh', '-c', 'kill -9 $$'], 'sh -c kill -9 $$: killed by SIGKILL', undefined],
  ['a program that is not there', ['no-such-program'], 'no-such-program: spawn no-such-program ENOENT', undefined],
])('throws ExecError for %s', async (_, [file = '', ...args], message, exitCode) => {
  const error = await exec(file, args).catch(error => error)
  expect(error).toBeInstanceOf(ExecError)
  expect(error).toMatchObject({ message, exitCode })
})

test('a program that takes too long is killed, though one of its own still holds its output', async () => {
  const started = Date.now()
  // Nobody kills the inner program: it ends by itself, after the test has seen that it is not waited for.
  await expect(exec('sh', ['-c', 'sleep 3 & wait'], { timeoutMs: 50 })).rejects.toThrow('not finished within 50 ms')
  expect(Date.now() - started).toBeLessThan(2000)
})

test('an abort ends the wait at once', async () => {
  const stop = new AbortController()
  const ended = exec('sleep', ['60'], { signal: stop.signal })
  stop.abort()
  await expect(ended).rejects.toThrow('aborted')
})
