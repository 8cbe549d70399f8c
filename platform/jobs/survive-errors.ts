import type { PoolClient } from 'pg'

/** For a pool's `connect`: a connection lost while in use fails its next query; unheard, its event would end the process. */
export const surviveErrors = (client: PoolClient): void => void client.on('error', () => {})
