export { ConfigError } from './config-error.ts'
export { envExample } from './env-example.ts'
export {
  decimal,
  duration,
  ed25519PrivateKey,
  ed25519PublicKeys,
  flag,
  flagOrAuto,
  integer,
  networks,
  oneOf,
  origin,
  origins,
  postgresUrl,
  rate,
  redisUrl,
  text,
  type Kind,
  type Rate,
  webUrl,
} from './kinds.ts'
export { makeDirectories } from './make-directories.ts'
export { missingSecret, persistedSecret, type GeneratedSecret } from './persisted-secret.ts'
export { readConfig, type ConfigOf } from './read-config.ts'
export { settings } from './settings.ts'
export { optional, secret, withDefault, type ValuesOf } from './variable.ts'
