import { userOf } from '#platform/access'
import type { Routes } from '#platform/http'
import { pageOfAll, windowOf } from '#platform/outcome'
import { Closed, Page, PageQuery } from '#platform/schema'
import { addressViewOf } from '../address-view.ts'
import { SavedAddressView } from '../schema.ts'
import type { ListAddresses } from './query.ts'

export const listAddressesRoute =
  ({ listAddresses }: Readonly<{ listAddresses: ListAddresses }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'List your saved addresses, the default first',
      querystring: Closed(PageQuery),
      response: { 200: Page(SavedAddressView) },
    }
    http.get('/auth/me/addresses', { schema, config: { access: 'user' } }, async ({ caller, query }) =>
      pageOfAll((await listAddresses(userOf(caller).user_id)).map(addressViewOf), windowOf(query)),
    )
  }
