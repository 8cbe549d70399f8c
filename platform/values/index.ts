export * from './clock.ts'
export * from './id.ts'
export * from './locale.ts'
export * from './money.ts'
