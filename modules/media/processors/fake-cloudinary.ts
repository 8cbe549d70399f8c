import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import sharp from 'sharp'

type Account = Readonly<{ key: string; secret: string }>

/**
 * The part of Cloudinary's HTTP API that the adapter uses, for tests: signed upload, transformation by address, signed
 * deletion. It checks the signature as Cloudinary documents it, and refuses a file that is no image with 400.
 */
export async function openFakeCloudinary(account: Account) {
  const copies = new Map<string, Buffer>()
  const deleted: string[] = []
  let status = 200
  let address = ''
  const server = createServer(async (incoming, outgoing) => {
    const answer = (code: number, body: object | Buffer, type = 'application/json') =>
      outgoing.writeHead(code, { 'content-type': type }).end(body instanceof Buffer ? body : JSON.stringify(body))
    if (status !== 200) return answer(status, { error: { message: 'away' } })
    const { pathname } = new URL(incoming.url ?? '/', address)
    const shown = /^\/posad\/image\/upload\/c_limit,w_(\d+),h_(\d+),q_(\d+),f_webp,pg_1\/v1\/([\w-]+)$/.exec(pathname)
    if (incoming.method === 'GET' && shown) {
      const [, width, height, quality, id = ''] = shown
      const original = copies.get(id)
      if (!original) return answer(404, {})
      const image = sharp(original).resize(Number(width), Number(height), { fit: 'inside', withoutEnlargement: true })
      return answer(200, await image.webp({ quality: Number(quality) }).toBuffer(), 'image/webp')
    }
    const form = await new Response(new Uint8Array(await buffer(incoming)), {
      headers: { 'content-type': incoming.headers['content-type'] ?? '' },
    }).formData()
    if (!isSigned(form, account)) return answer(401, { error: { message: 'Invalid Signature' } })
    const id = textOf(form, 'public_id')
    if (pathname === '/v1_1/posad/image/destroy') {
      deleted.push(id)
      return answer(200, { result: copies.delete(id) ? 'ok' : 'not found' })
    }
    if (pathname !== '/v1_1/posad/image/upload') return answer(404, {})
    const file = Buffer.from(await (form.get('file') as Blob).arrayBuffer())
    const isImage = await sharp(file)
      .stats()
      .then(
        () => true,
        () => false,
      )
    if (!isImage) return answer(400, { error: { message: 'Invalid image file' } })
    copies.set(id, file)
    return answer(200, { public_id: id, secure_url: `${address}/posad/image/upload/v1/${id}` })
  })

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    address,
    copies,
    deleted,
    /** Answers every request with this status; 200 works as usual. */
    answerWith: (code: number) => void (status = code),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

function isSigned(form: FormData, { key, secret }: Account): boolean {
  const signed = [...form.keys()].filter((name) => !['file', 'api_key', 'signature'].includes(name)).toSorted()
  const text = signed.map((name) => `${name}=${textOf(form, name)}`).join('&')
  const expected = createHash('sha256')
    .update(text + secret)
    .digest('hex')
  const given = textOf(form, 'signature')
  return (
    textOf(form, 'api_key') === key && given.length === 64 && timingSafeEqual(Buffer.from(given), Buffer.from(expected))
  )
}
