import assert from 'node:assert/strict'
import sharp from 'sharp'
import { AdminImageList } from '#media/schema'
import { eventually, expectResponse, responseOf, type TestResponse } from '#platform/testing'
import { staff, type Shop } from './open-shop.ts'

/** A photograph of this width; a width of its own makes a file of its own. */
export const imageFile = (width: number, height = 500): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#7a9b5c' } })
    .jpeg()
    .toBuffer()

/** Uploads an image of a product as staff do it. */
export async function uploadImage(
  { address }: Pick<Shop, 'address'>,
  product_id: string,
  bytes: Buffer,
): Promise<TestResponse> {
  const body = new FormData()
  body.set('file', new Blob([new Uint8Array(bytes)]), 'tea.jpg')
  const path = `/api/v1/admin/products/${product_id}/images`
  const response = await fetch(`${address}${path}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${staff}` },
  })
  const { status: statusCode, headers } = response
  return responseOf(`POST ${path}`, { statusCode, headers: Object.fromEntries(headers), body: await response.text() })
}

/** The images of a product once none of them waits for its worker. */
export const settledImages = (shop: Pick<Shop, 'send'>, product_id: string, within = 5000) =>
  eventually(
    async () => {
      const response = await shop.send(staff, `GET /admin/products/${product_id}/images`)
      const { items } = expectResponse(response, 200, AdminImageList)
      assert.ok(items.every(({ status }) => status !== 'pending'))
      return items
    },
    { within },
  )
