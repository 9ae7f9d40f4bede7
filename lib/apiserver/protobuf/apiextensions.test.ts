import { expect, test } from '@jest/globals'
import protobuf from 'protobufjs'
import { definitionSchema } from '../../kinds/apiextensions/definition-schema.ts'
import { decodeProtobuf } from './envelope.ts'

type Write = (writer: protobuf.Writer) => protobuf.Writer

const bytes = (write: Write) => write(protobuf.Writer.create()).finish()
const all =
  (...writes: Write[]): Write =>
  writer =>
    writes.reduce((each, write) => write(each), writer)
const message = (field: number, ...writes: Write[]): Write => {
  const content = bytes(all(...writes))
  return writer => writer.uint32((field << 3) | 2).bytes(content)
}
const text =
  (field: number, value: string): Write =>
  writer =>
    writer.uint32((field << 3) | 2).string(value)
const number =
  (field: number, value: number): Write =>
  writer =>
    writer.uint32(field << 3).int64(value)
const double =
  (field: number, value: number): Write =>
  writer =>
    writer.uint32((field << 3) | 1).double(value)
const json = (field: number, value: unknown) => message(field, text(1, JSON.stringify(value)))
const property = (name: string, ...schema: Write[]) => message(29, text(1, name), message(2, ...schema))

const type = (name: string) => text(5, name)

test('a definition as typed clients send it is what it would be in JSON', () => {
  const schema = message(
    1,
    type('object'),
    number(10, 0),
    property('size', type('integer'), double(9, 10), double(11, 0), json(8, 3)),
    property('color', type('string'), json(20, 'red'), json(20, null), text(15, '^r')),
    property('list', type('array'), message(24, message(1, type('string'))), text(42, 'set')),
    property('map', type('object'), message(30, number(1, 1), message(2, type('integer')))),
    property('open', type('object'), message(30, number(1, 1)), number(38, 1)),
    property('closed', type('object'), message(30, number(1, 0))),
    property('either', number(40, 1), message(26, text(23, 'a')), message(28, text(23, 'b'))),
    property('depends', message(32, text(1, 'k'), message(2, text(2, 'x'), text(2, 'y')))),
    property('tuple', message(24, message(2, type('string')), message(2, type('integer')))),
  )
  const version = message(
    7,
    text(1, 'v1'),
    number(2, 1),
    number(3, 0),
    message(4, schema),
    message(5, message(1), message(2, text(1, '.spec.size'), text(2, '.status.size'))),
    message(6, text(1, 'Size'), text(2, 'integer'), number(5, 1), text(6, '.spec.size')),
    message(9, text(1, '.spec.color')),
  )
  const spec = message(
    2,
    text(1, 'example.com'),
    message(3, text(1, 'widgets'), text(3, 'w'), text(4, 'Widget')),
    text(4, 'Namespaced'),
    version,
    message(9, text(1, 'None')),
    number(10, 0),
  )
  const kind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }
  const object = message(2, message(1, text(1, 'widgets.example.com')), spec)
  const body = Buffer.concat([
    Buffer.from('k8s\0'),
    bytes(all(message(1, text(1, kind.apiVersion), text(2, kind.kind)), object)),
  ])
  expect(decodeProtobuf(body, { ...kind, schema: definitionSchema() })).toMatchObject({
    ...kind,
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { plural: 'widgets', shortNames: ['w'], kind: 'Widget' },
      scope: 'Namespaced',
      conversion: { strategy: 'None' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: false,
          subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
          additionalPrinterColumns: [{ name: 'Size', type: 'integer', priority: 1, jsonPath: '.spec.size' }],
          selectableFields: [{ jsonPath: '.spec.color' }],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                size: { type: 'integer', maximum: 10, minimum: 0, default: 3 },
                color: { type: 'string', enum: ['red', null], pattern: '^r' },
                list: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
                map: { type: 'object', additionalProperties: { type: 'integer' } },
                open: {
                  type: 'object',
                  additionalProperties: true,
                  'x-kubernetes-preserve-unknown-fields': true,
                },
                closed: { type: 'object', additionalProperties: false },
                either: { 'x-kubernetes-int-or-string': true, oneOf: [{ required: ['a'] }], not: { required: ['b'] } },
                depends: { dependencies: { k: ['x', 'y'] } },
                tuple: { items: [{ type: 'string' }, { type: 'integer' }] },
              },
            },
          },
        },
      ],
    },
  })
})
