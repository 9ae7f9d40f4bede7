import { expect, test } from '@jest/globals'
import { isTimeZone, parseCron } from './cron.ts'

test.each([
  '* * * * *',
  '*/5 0-6/2 1,15 jan-mar mon-fri',
  '? ? ? ? ?',
  '  0 0 * * 6 ',
  '@daily',
  '@every 1h30m',
  'TZ=Europe/Berlin 0 6 * * *',
  'CRON_TZ=UTC @hourly',
])('%s', text => {
  expect(() => parseCron(text)).not.toThrow()
})

test('fields are sets of values', () => {
  const schedule = parseCron('5/20 */6 * feb sun,TUE-thu')
  const values = Object.entries(schedule).map(([name, { values, isAny }]) => [name, [...values], isAny])
  expect(values).toEqual([
    ['minute', [5, 25, 45], false],
    ['hour', [0, 6, 12, 18], false],
    ['dayOfMonth', Array.from({ length: 31 }, (_, i) => i + 1), true],
    ['month', [2], false],
    ['dayOfWeek', [0, 2, 3, 4], false],
  ])
})

test.each([
  ['@every 90s', 90_000],
  ['@every 1.5s', 1000],
  ['@every 10ms', 1000],
])('%s', (text, everyMs) => expect(parseCron(text)).toEqual({ everyMs }))

test.each([
  ['', 'empty spec string'],
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['* * * * 7', 'end of range (7) above maximum (6): 7'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['*/2/3 * * * *', 'too many slashes: */2/3'],
  ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
  ['-1 * * * *', 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'],
  ['@fortnightly', 'unrecognized descriptor: @fortnightly'],
  ['@every day', 'failed to parse duration @every day: time: invalid duration "day"'],
  ['TZ=Mars/Base 0 0 * * *', 'provided bad location Mars/Base: unknown time zone Mars/Base'],
])('%s is no schedule', (text, why) => expect(() => parseCron(text)).toThrow(expect.objectContaining({ message: why })))

test.each([
  ['Europe/Berlin', true],
  ['Etc/GMT+5', true],
  ['UTC', true],
  ['europe/berlin', false],
  ['Europe/berlin', false],
  ['+01', false],
  ['Mars/Base', false],
])('%s is a time zone: %s', (name, expected) => expect(isTimeZone(name)).toBe(expected))
