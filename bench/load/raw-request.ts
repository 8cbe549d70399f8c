export type Request = Readonly<{ method?: 'GET' | 'POST'; path: string; token?: string; body?: object }>

/** Writes a request as HTTP/1.1 text. */
export function rawRequest({ method = 'GET', path, token, body }: Request): string {
  const text = body && JSON.stringify(body)
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    ...(text === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${text ?? ''}`
}
