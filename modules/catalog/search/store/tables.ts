export type SearchTables = {
  'catalog.sitemap_files': { number: number; first_created_at: Date; first_id: string }
}
