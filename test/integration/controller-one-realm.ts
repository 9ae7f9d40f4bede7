// Jest runs tests in a realm of their own, but structuredClone makes objects of the outer one, whose prototypes
// isDeepStrictEqual finds different. Values here are JSON, so a copy by JSON in our realm is the same.

globalThis.structuredClone = <T>(value: T): T => (value === undefined ? value : JSON.parse(JSON.stringify(value)))
