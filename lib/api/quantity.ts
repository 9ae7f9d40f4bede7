// Amounts of resources. They live beside the schemas, because decoding a field that is a quantity makes it canonical.

export * from '../schema/quantity.ts'
