import { Unavailable } from '#platform/outcome'
import { RedisConnection } from '#platform/redis'
import { seconds } from '#platform/values'
import type { SharedCounts } from './shared-counts.ts'

/**
 * KEYS are buckets, each with three arguments: whether it is cleared, the milliseconds to add and the least level. A bucket
 * is the moment by the clock of Redis at which it is full, so that clocks of processes may differ; it expires when it is full.
 */
const script = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local levels = {}
for at, key in ipairs(KEYS) do
  local cleared, add, least = ARGV[3 * at - 2], tonumber(ARGV[3 * at - 1]), tonumber(ARGV[3 * at])
  local before = cleared == '1' and 0 or tonumber(redis.call('GET', key) or '0')
  local full = math.max(math.max(before, now) + add, now + least)
  if full > now then redis.call('SET', key, string.format('%.3f', full), 'PX', math.ceil(full - now))
  else redis.call('DEL', key) end
  levels[at] = string.format('%.3f', math.max(full - now, 0))
end
return levels`

/** Counts in a Redis that all processes share; `close` ends its connection. */
export type RedisCounts = SharedCounts & Readonly<{ ping: () => Promise<void>; close: () => void }>

type Options = Readonly<{
  url: string
  /** Receives a line for people when Redis goes away and when it comes back. */
  report?: (line: string) => void
}>

/** Opens the counts in a Redis. An exchange takes at most a second; a Redis that does not answer makes it throw `Unavailable`. */
export function redisCounts({ url, report = () => {} }: Options): RedisCounts {
  const redis = new RedisConnection({
    url,
    report,
    name: 'posad-limits',
    // No request waits for an exchange.
    timeLimit: seconds(1),
    meanwhile: 'every process counts its rate limits by itself',
  })
  return {
    exchange: (changes) =>
      redis.run(async ({ client }) => {
        const answered = await client.eval(script, {
          keys: changes.map(({ bucket }) => `posad:limit:${bucket}`),
          arguments: changes.flatMap(({ isCleared, add, atLeast }) => [isCleared ? '1' : '0', `${add}`, `${atLeast}`]),
        })
        if (!Array.isArray(answered)) throw new Unavailable('Redis')
        return answered.map(Number)
      }),
    ping: redis.ping,
    close: () => redis.close(),
  }
}
