import { describe, expect, test } from '@jest/globals'
import { createdAt, type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { events } from '../core/event.ts'
import { eventsV1 } from './event.ts'
import { conversion, fromCore, toCore } from './event-conversion.ts'

const eventTime = '2026-01-01T00:00:00.000000Z'
const regarding = { kind: 'Pod', namespace: 'default', name: 'web' }
const reporter = { reportingController: 'example.com/a', reportingInstance: 'a-1' }
const full = {
  eventTime,
  regarding,
  ...reporter,
  action: 'Binding',
  reason: 'Scheduled',
  note: 'is on a',
  type: 'Normal',
}
const long = (length: number) => 'a'.repeat(length)

function problems(def: typeof eventsV1 | typeof events, fields: Fields): string[] {
  const object = objectOf(def as typeof events, fields) as never
  return [def.strategy?.validate, def.strategy?.validateCreate].flatMap(rule => texts(rule?.(object)))
}

describe('events.k8s.io/v1', () => {
  test.each<[string, Fields, string[]]>([
    ['complete', full, []],
    [
      'of the older form',
      { regarding, deprecatedFirstTimestamp: createdAt, deprecatedLastTimestamp: createdAt, deprecatedCount: 2 },
      [
        'eventTime: Required value',
        'type: Invalid value: "": has invalid value: ',
        'firstTimestamp: Invalid value: "": needs to be unset',
        'lastTimestamp: Invalid value: "": needs to be unset',
        'count: Invalid value: "": needs to be unset',
      ],
    ],
    [
      'with a source',
      { ...full, deprecatedSource: { component: 'kubelet' } },
      ['source: Invalid value: "": needs to be unset'],
    ],
    [
      'from nobody',
      { eventTime, regarding, type: 'Normal' },
      [
        'reportingController: Required value',
        'reportingController: Invalid value: "": name part must be non-empty',
        "reportingController: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        'reportingInstance: Required value',
        'action: Required value',
        'reason: Required value',
      ],
    ],
    [
      'long',
      { ...full, reportingInstance: long(129), action: long(129), reason: long(129), note: long(1025) },
      [
        'reportingInstance: Invalid value: "": can have at most 128 characters',
        'action: Invalid value: "": can have at most 128 characters',
        'reason: Invalid value: "": can have at most 128 characters',
        'message: Invalid value: "": can have at most 1024 characters',
      ],
    ],
    ['type', { ...full, type: 'Some' }, ['type: Invalid value: "": has invalid value: Some']],
    [
      'a series of one',
      { ...full, series: { count: 1 } },
      ['series.count: Invalid value: "": should be at least 2', 'series.lastObservedTime: Required value'],
    ],
    [
      'about an object without namespace, outside default',
      { ...full, metadata: { name: 'a', namespace: 'other' }, regarding: { kind: 'Node', name: 'a' } },
      ['involvedObject.namespace: Invalid value: "": does not match event.namespace'],
    ],
    ['about an object of another namespace', { ...full, metadata: { name: 'a', namespace: 'other' } }, []],
  ])('%s', (_, fields, expected) => {
    expect(problems(eventsV1, fields)).toEqual(expected)
  })

  test('only its series goes on', () => {
    const old = objectOf(eventsV1 as never, full) as never
    const update = (fields: Fields) =>
      texts(eventsV1.strategy?.validateUpdate?.(objectOf(eventsV1 as never, { ...full, ...fields }) as never, old))
    expect(update({ series: { count: 2, lastObservedTime: eventTime } })).toEqual([])
    expect(update({ series: { count: 1, lastObservedTime: eventTime } })).toEqual([
      'series.count: Invalid value: "": should be at least 2',
    ])
    expect(update({ note: 'else' })).toEqual(['message: Invalid value: "else": field is immutable'])
    expect(update({ reportingController: 'b' })).toEqual([
      'reportingController: Invalid value: "b": field is immutable',
    ])
    expect(update({ type: 'Warning' })).toEqual(['type: Invalid value: "Warning": field is immutable'])
  })
})

describe('v1', () => {
  const involvedObject = regarding
  test.each<[string, Fields, string[]]>([
    ['of the older form needs little', { involvedObject }, []],
    ['and may be of any type', { involvedObject, type: 'Some' }, []],
    [
      'of another namespace',
      { involvedObject: { ...involvedObject, namespace: 'other' } },
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    ['about a cluster-scoped object in default', { involvedObject: { kind: 'Node', name: 'a' } }, []],
    [
      'of the newer form names who says it',
      { involvedObject, eventTime, action: 'a', reason: 'a', reportingInstance: 'a', reportingComponent: 'a/b/c' },
      [
        expect.stringMatching(
          /^reportingComponent: Invalid value: "a\/b\/c": a valid label key must consist of/,
        ) as never,
      ],
    ],
  ])('%s', (_, fields, expected) => {
    expect(problems(events, fields)).toEqual(expected)
  })
})

describe('conversion', () => {
  const core = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'a', namespace: 'default' },
    involvedObject: regarding,
    message: 'is on a',
    reportingComponent: 'example.com/a',
    source: { component: 'kubelet' },
    firstTimestamp: createdAt,
    lastTimestamp: createdAt,
    count: 3,
    series: { count: 2, lastObservedTime: eventTime },
    eventTime,
  }

  test('there and back', () => {
    expect(fromCore(core as never)).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: core.metadata,
      regarding,
      note: 'is on a',
      reportingController: 'example.com/a',
      deprecatedSource: { component: 'kubelet' },
      deprecatedFirstTimestamp: createdAt,
      deprecatedLastTimestamp: createdAt,
      deprecatedCount: 3,
      series: core.series,
      eventTime,
    })
    expect(toCore(fromCore(core as never))).toEqual(core)
    expect(conversion.toStored(conversion.fromStored(core))).toEqual(core)
  })

  test('an event about nothing has an involvedObject all the same', () => {
    expect(toCore({ metadata: {} } as never)).toEqual({ metadata: {}, involvedObject: {} })
  })

  test('fields are selected by their names of each version', () => {
    const event = fromCore(core as never)
    const value = (
      def: { selectableFields?: Record<string, (object: never) => string> },
      field: string,
      object: object,
    ) => def.selectableFields?.[field]?.(object as never)
    expect(value(events as never, 'involvedObject.name', core)).toBe('web')
    expect(value(events as never, 'source', core)).toBe('kubelet')
    expect(value(eventsV1 as never, 'regarding.name', event)).toBe('web')
    expect(value(eventsV1 as never, 'reportingController', event)).toBe('example.com/a')
    expect(value(eventsV1 as never, 'involvedObject.name', event)).toBeUndefined()
  })
})
