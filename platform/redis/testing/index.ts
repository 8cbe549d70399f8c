export { hasRedisServer, openRedisServer, type RedisServer } from './redis-server.ts'
