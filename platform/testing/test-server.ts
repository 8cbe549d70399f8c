import type { FastifyInstance } from 'fastify'
import { buildServer, type ServerNeeds } from '#platform/http'
import type { Module } from '#platform/module'
import { authenticateTest } from './people.ts'
import { latestDatabase } from './test-database.ts'

/**
 * The real HTTP server over `modules`, for `.inject()`; it takes `bearer(anna)` for Anna. Its database is the one that
 * the test opened last, unless it is named.
 */
export const testServer = (
  modules: readonly Module[],
  needs: Partial<Omit<ServerNeeds, 'modules'>> = {},
): Promise<FastifyInstance> =>
  buildServer({
    ...needs,
    modules,
    authenticate: needs.authenticate ?? authenticateTest,
    db: needs.db ?? latestDatabase(),
  })
