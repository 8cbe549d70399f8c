import { staff } from '../../../e2e/open-shop.ts'
import { api, idOf, type Story } from './story.ts'

const as = staff
const admin = `${api}/admin`

/** Staff add jam with its taxonomy, variants, stock, a bundle and a brew profile, and remove it again. */
export const goods: Story = async ({ step, shop }) => {
  const { category_id, tag_id } = await createTaxonomy({ step })
  const input = { type: 'jam', name: 'Cherry jam', category_id, tag_ids: [tag_id], attributes: { fruit: 'cherry' } }
  const variants = [{ price: 45_000, currency: 'RUB', stock_quantity: 50 }]
  const created = { ...input, variants, is_active: true }
  const id = idOf(await step('staff', `POST ${admin}/products`, { as, body: created }))
  const change = { is_active: true, is_archived: false, category_id, attributes: { fruit: 'plum' } }
  await step('staff', `PATCH ${admin}/products/{id}`, { as, path: { id }, body: { ...change, tag_ids: [tag_id] } })
  await step('staff', `GET ${admin}/products/{id}`, { as, path: { id } })
  await step('customer', `GET ${admin}/products/{id}`, { as: await shop.customer(), path: { id }, refused: 403 })
  await step('guest', `GET ${api}/catalog/products/{id}`, { path: { id } })
  await editVariants(id)
  await editBrewProfile(id)
  await useTypeRoutes()
  await removeAll()

  async function editVariants(product_id: string) {
    const path = { id: product_id }
    const stock = { stock_quantity: 3, stock_policy: 'track', components: undefined }
    const body = { price: 90_000, currency: 'RUB', compare_at_price: null, is_active: true, ...stock }
    const variant_id = idOf(await step('staff', `POST ${admin}/products/{id}/variants`, { as, path, body }))
    const one = { as, path: { id: variant_id } }
    await step('staff', `PATCH ${admin}/variants/{id}`, {
      ...one,
      body: { price: 0, compare_at_price: null, components: undefined },
    })
    await step('staff', `POST ${admin}/variants/{id}/stock`, { ...one, body: { delta: 5, reason: 'found a box' } })
    const tooMany = { delta: -1_000_000, reason: 'more than there is' }
    await step('staff', `POST ${admin}/variants/{id}/stock`, { ...one, body: tooMany, refused: 409 })
    await step('staff', `GET ${admin}/variants/{id}/movements`, one)
    await editBundle(product_id, variant_id)
    await step('staff', `DELETE ${admin}/variants/{id}`, one)
  }

  async function editBundle(product_id: string, variant_id: string) {
    const components = [{ variant_id, quantity: 2 }]
    const body = { product_id, components, price: 150_000, currency: 'RUB', compare_at_price: null }
    const bundle_id = idOf(await step('staff', `POST ${admin}/bundles`, { as, body }))
    const one = { as, path: { id: bundle_id } }
    const changed = { components: [{ variant_id, quantity: 1 }], compare_at_price: null }
    await step('staff', `PATCH ${admin}/bundles/{id}`, { ...one, body: changed })
    await step('staff', `DELETE ${admin}/variants/{id}`, { as, path: { id: variant_id }, refused: 409 })
    await step('staff', `DELETE ${admin}/bundles/{id}`, one)
    await step('staff', `DELETE ${admin}/bundles/{id}`, { ...one, refused: 404 })
  }

  async function editBrewProfile(product_id: string) {
    const path = { id: product_id }
    const body = { method: 'teaspoon', leaf_grams: 5, water_ml: 150, temperature_c: 90, steep_seconds: [30, 40] }
    const profile_id = idOf(await step('staff', `POST ${admin}/products/{id}/brew-profiles`, { as, path, body }))
    const one = { as, path: { ...path, profile_id } }
    await step('staff', `PUT ${admin}/products/{id}/brew-profiles/{profile_id}`, { ...one, body })
    await step('staff', `GET ${admin}/products/{id}/brew-profiles`, { as, path })
    await step('staff', `DELETE ${admin}/products/{id}/brew-profiles/{profile_id}`, one)
    await step('staff', `DELETE ${admin}/products/{id}/brew-profiles/{profile_id}`, { ...one, refused: 404 })
  }

  async function useTypeRoutes() {
    const jams = { as, path: { plural: 'jams' } }
    const body = { name: 'Plum jam', price: 40_000, currency: 'RUB', stock_quantity: 7, is_active: true, fruit: 'plum' }
    const plum = idOf(await step('staff', `POST ${api}/catalog/{plural}`, { ...jams, body }))
    await step('guest', `GET ${api}/catalog/{plural}`, { path: jams.path })
    await step('guest', `GET ${api}/catalog/{plural}/{id}`, { path: { ...jams.path, id: plum } })
    await step('staff', `DELETE ${admin}/products/{id}`, { as, path: { id: plum } })
    await step('guest', `GET ${api}/catalog/sitemap`)
    await step('guest', `GET ${api}/catalog/sitemap/{number}`, { path: { number: '1' } })
    await step('guest', `GET ${api}/catalog/sitemap/{number}`, { path: { number: '1000000' }, refused: 404 })
  }

  async function removeAll() {
    await step('staff', `DELETE ${admin}/types/{code}`, { as, path: { code: 'jam' }, refused: 409 })
    await step('staff', `DELETE ${admin}/attributes/{code}`, { as, path: { code: 'fruit' }, refused: 409 })
    await step('staff', `DELETE ${admin}/products/{id}`, { as, path: { id } })
    await step('staff', `DELETE ${admin}/tags/{id}`, { as, path: { id: tag_id } })
    await step('staff', `DELETE ${admin}/products/{id}`, { as, path: { id }, refused: 404 })
    await step('guest', `GET ${api}/catalog/products/{id}`, { path: { id }, refused: 404 })
  }
}

/** The type, attribute, tag and category of jam, and others that are removed at once. */
async function createTaxonomy({ step }: Pick<Parameters<Story>[0], 'step'>) {
  const fruits = {
    values: [
      { code: 'cherry', name: 'Cherry' },
      { code: 'plum', name: { ru: 'Слива', en: 'Plum' } },
    ],
  }
  const fruit = { code: 'fruit', name: 'Fruit', kind: 'enum', ...fruits }
  await step('staff', `POST ${admin}/attributes`, { as, body: fruit })
  await step('staff', `POST ${admin}/attributes`, { as, body: { ...fruit, name: 'Berry' }, refused: 409 })
  await step('staff', `PATCH ${admin}/attributes/{code}`, { as, path: { code: 'fruit' }, body: fruits })
  await step('staff', `POST ${admin}/attributes`, {
    as,
    body: { code: 'sweetness', name: 'Sweet', kind: 'number', values: [] },
  })
  await step('staff', `DELETE ${admin}/attributes/{code}`, { as, path: { code: 'sweetness' } })

  const jam = { plural: 'jams', name: 'Jam', attributes: ['fruit'] }
  await step('staff', `POST ${admin}/types`, { as, body: { code: 'jam', ...jam } })
  await step('staff', `POST ${admin}/types`, { as, body: { code: 'jelly', ...jam }, refused: 409 })
  await step('staff', `PATCH ${admin}/types/{code}`, { as, path: { code: 'jam' }, body: jam })
  await step('staff', `POST ${admin}/types`, { as, body: { code: 'honey', plural: 'honeys', name: 'Honey' } })
  await step('staff', `PATCH ${admin}/types/{code}`, {
    as,
    path: { code: 'honey' },
    body: { plural: 'jams' },
    refused: 409,
  })
  await step('staff', `DELETE ${admin}/types/{code}`, { as, path: { code: 'honey' } })

  const tag_id = idOf(await step('staff', `POST ${admin}/tags`, { as, body: { name: 'Home-made' } }))
  await step('staff', `PATCH ${admin}/tags/{id}`, { as, path: { id: tag_id }, body: { name: 'Made at home' } })
  const sweets = { name: 'Sweets', parent_id: null }
  const category_id = idOf(await step('staff', `POST ${admin}/categories`, { as, body: sweets }))
  const one = { as, path: { id: category_id } }
  await step('staff', `PATCH ${admin}/categories/{id}`, { ...one, body: { parent_id: category_id }, refused: 409 })
  await step('staff', `PATCH ${admin}/categories/{id}`, { ...one, body: { name: 'Sweet things', parent_id: null } })
  const honey = { name: 'Honey', parent_id: category_id }
  const child_id = idOf(await step('staff', `POST ${admin}/categories`, { as, body: honey }))
  await step('staff', `DELETE ${admin}/categories/{id}`, { as, path: { id: child_id } })
  await step('staff', `DELETE ${admin}/categories/{id}`, { as, path: { id: child_id }, refused: 404 })
  return { category_id, tag_id }
}
