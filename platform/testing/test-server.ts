import type { FastifyInstance } from 'fastify'
import { buildServer, type ServerNeeds } from '#platform/http'
import type { Module } from '#platform/module'
import { errorPrinter } from './error-printer.ts'
import { authenticateTest } from './people.ts'
import { latestDatabase } from './test-database.ts'

/**
 * Builds the real HTTP server over `modules`, for `.inject()`. It accepts `bearer(anna)` as Anna's token. It uses the
 * database that the test opened last, unless `needs` names another one. It prints the error of each 500 on standard error.
 */
export const testServer = (
  modules: readonly Module[],
  needs: Partial<Omit<ServerNeeds, 'modules'>> = {},
): Promise<FastifyInstance> =>
  buildServer({
    ...needs,
    modules,
    log: needs.log ?? errorPrinter(),
    authenticate: needs.authenticate ?? authenticateTest,
    db: needs.db ?? latestDatabase(),
  })
