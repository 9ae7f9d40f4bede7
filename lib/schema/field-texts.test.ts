import { describe, expect, test } from '@jest/globals'
import { builtinDescriptions, builtinModels } from './builtin.ts'
import { fieldText, namedFields } from './field-texts.ts'

describe('texts of fields', () => {
  test('are only of fields that there are, and that have none of their own', () => {
    const fields = Object.entries(builtinModels()).flatMap(([model, each]) =>
      Object.keys(each.fields)
        .filter(field => !builtinDescriptions()[model]?.fields?.[field])
        .flatMap(field => [field, `${model}.${field}`]),
    )
    const known = new Set(fields)
    expect(namedFields.filter(name => !known.has(name))).toEqual([])
  })

  test.each([
    ['V1Deployment', 'spec', 'The state that is wanted.'],
    ['V1PodSpec', 'securityContext', 'What holds for all containers of the pod.'],
    ['V1Container', 'securityContext', 'With which rights its processes run.'],
    ['V1Container', 'constructor', undefined],
  ])('%s.%s', (model, field, text) => {
    expect(fieldText(model, field)).toBe(text)
  })
})
