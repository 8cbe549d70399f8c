import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { Sitemap, SitemapFile, SitemapFileParams } from '../schema.ts'
import type { CountSitemapFiles, ShowSitemapFile } from './query.ts'

const tags = ['catalog']
const config = { access: 'anyone' } as const

type Queries = Readonly<{ countSitemapFiles: CountSitemapFiles; showSitemapFile: ShowSitemapFile }>

export const listSitemapRoutes =
  ({ countSitemapFiles, showSitemapFile }: Queries): Routes =>
  (http) => {
    http.get(
      '/catalog/sitemap',
      {
        schema: {
          tags,
          summary: 'Show in how many files the sitemap lists the products of the shop',
          response: { 200: Sitemap },
        },
        config,
      },
      async () => ({ files: await countSitemapFiles() }),
    )
    http.get(
      '/catalog/sitemap/:number',
      {
        schema: {
          tags,
          summary: 'List the products of one file of the sitemap, in the order of their creation',
          params: SitemapFileParams,
          response: { 200: SitemapFile },
        },
        config,
      },
      async (request, reply) => {
        const file = await showSitemapFile(request.params.number)
        return isRefusal(file) ? refuse(reply, file) : file
      },
    )
  }
