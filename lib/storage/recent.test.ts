import { expect, test } from '@jest/globals'
import { Recent } from './recent.ts'

test('what was made last is kept, as much as fits', () => {
  const forgotten: number[] = []
  const recent = new Recent(10)
  const add = (name: number, cost: number) => recent.add({ cost, forget: () => void forgotten.push(name) })
  for (let name = 0; name < 5; name++) add(name, 3)
  expect(forgotten).toEqual([0, 1])
  add(5, 9)
  expect(forgotten).toEqual([0, 1, 2, 3, 4])
})

test('one that is too large alone is kept until the next', () => {
  const forgotten: string[] = []
  const recent = new Recent(10)
  const add = (name: string, cost: number) => recent.add({ cost, forget: () => void forgotten.push(name) })
  add('large', 100)
  expect(forgotten).toEqual([])
  add('small', 1)
  expect(forgotten).toEqual(['large'])
})
