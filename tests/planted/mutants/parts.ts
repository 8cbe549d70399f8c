/** A part of the program: the folder that is mutated, and the folder of the tests that must notice it. */
export type Part = Readonly<{ sources: string; tests: readonly string[] }>

export const parts: Readonly<Record<string, Part>> = {
  ordering: { sources: 'modules/ordering', tests: ['modules/ordering'] },
  payments: { sources: 'modules/payments', tests: ['modules/payments'] },
  cart: { sources: 'modules/cart', tests: ['modules/cart'] },
  delivery: { sources: 'modules/delivery', tests: ['modules/delivery'] },
  stock: { sources: 'modules/catalog/stock', tests: ['modules/catalog/stock'] },
  saga: { sources: 'platform/saga', tests: ['platform/saga'] },
  events: { sources: 'platform/events', tests: ['platform/events'] },
  http: { sources: 'platform/http', tests: ['platform/http'] },
}

const unmutated = /\.test\.ts$|\/(testing|examples|settings|metrics|asyncapi|[\w-]*texts)\.ts$|\/(fixtures|demo|docs)\//

/** False for tests and what they use, and for texts, examples and settings: a wrong word there breaks no rule. */
export const isMutated = (file: string): boolean => file.endsWith('.ts') && !unmutated.test(file)
