import type { PoolClient } from 'pg'

/**
 * A listener for a pool's `connect` event. The next query on a broken connection fails, but its `error` event would end the
 * process without a listener.
 */
export const surviveErrors = (client: PoolClient): void => void client.on('error', () => {})
