export { ConfigError } from './config-error.ts'
export { keptSecret } from './kept-secret.ts'
export type { Rate } from './kinds.ts'
export { readConfig, type Config } from './read-config.ts'
