import { expect, test } from '@jest/globals'
import { parseDeclaration } from './schema.ts'

const declaration = `/**
 * Generated file.
 */
import { V1Bar } from '../models/V1Bar.js';
/**
* Foo is what one says.
*/
export declare class V1Foo {
    /**
    * It\\'s where \\"from\\" points.
    */
    '_from': string;
    'bar'?: V1Bar;
    /**
    * Labels.
    */
    'xLabels'?: {
        [key: string]: string;
    };
    static getAttributeTypeMap(): {
        name: string;
    }[];
}
`

test('a declaration says which fields are required and what they mean, by their names in JSON', () => {
  const attributes = [
    { name: '_from', baseName: 'from' },
    { name: 'bar', baseName: 'bar' },
    { name: 'xLabels', baseName: 'x-labels' },
  ]
  expect(parseDeclaration(declaration, attributes)).toEqual({
    required: ['from'],
    descriptions: {
      description: 'Foo is what one says.',
      fields: { from: 'It\'s where "from" points.', 'x-labels': 'Labels.' },
    },
  })
})
