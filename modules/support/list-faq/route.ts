import type { Routes } from '#platform/http'
import { windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { AdminFaqEntry, FaqEntry, faqFilter } from '../schema.ts'
import { adminFaqViewOf } from '../views.ts'
import type { ListFaq } from './query.ts'

const tags = ['support']
const querystring = Closed({ ...PageQuery, ...faqFilter })

export const listFaqRoutes =
  ({ listFaq }: Readonly<{ listFaq: ListFaq }>): Routes =>
  (http) => {
    const forAll = {
      schema: {
        tags,
        summary: 'List the questions in the language of the reader, or in `locale`',
        querystring,
        response: { 200: Page(FaqEntry) },
      },
      config: { access: 'anyone' } as const,
    }
    http.get('/support/faq', forAll, async ({ query, locale }) => {
      const page = await listFaq({ locale: query.locale ?? locale, window: windowOf(query) })
      return { ...page, items: page.items.map(({ created_at: _created, updated_at: _updated, ...entry }) => entry) }
    })
    const forStaff = {
      schema: {
        tags,
        summary: 'List the questions of all languages',
        querystring,
        response: { 200: Page(AdminFaqEntry) },
      },
      config: { access: { permission: 'support.answer' } },
    }
    http.get('/admin/faq', forStaff, async ({ query }) => {
      const page = await listFaq({ locale: query.locale, window: windowOf(query) })
      return { ...page, items: page.items.map(adminFaqViewOf) }
    })
  }
