export { ConfigError } from './config-error.ts'
export { persistedSecret } from './persisted-secret.ts'
export type { Rate } from './kinds.ts'
export { readConfig, type Config } from './read-config.ts'
