import { Type } from 'typebox'
import type { Job } from '#platform/jobs'
import { seconds } from '#platform/values'
import type { DivideSitemap } from './divide-sitemap.ts'

export const divideSitemapJob = ({ divideSitemap }: Readonly<{ divideSitemap: DivideSitemap }>): Job => ({
  name: 'catalog.divide-sitemap',
  payload: Type.Object({}),
  cron: '* * * * *',
  timeLimit: seconds(58),
  work: (_payload, signal) => divideSitemap(signal),
})
