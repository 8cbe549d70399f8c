import type { FastifyInstance } from 'fastify'
import { buildServer, type ServerNeeds } from '#platform/http'
import type { Module } from '#platform/module'
import { authenticateTest } from './people.ts'
import { latestDatabase } from './test-database.ts'

/**
 * Builds the real HTTP server over `modules`, for `.inject()`. It accepts `bearer(anna)` as Anna's token. It uses the
 * database that the test opened last, unless `needs` names another one.
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
