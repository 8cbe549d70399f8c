export { RedisConnection, type Commands } from './redis-connection.ts'
