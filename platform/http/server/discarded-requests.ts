import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const requests = new WeakMap<Socket, IncomingMessage>()
const responses = new WeakMap<IncomingMessage, ServerResponse>()

/**
 * Classes for `createServer`. Node parses the rest of a packet after its connection was closed, up to 2,400 requests of
 * 3 kB each. These classes make one request and one response for all of them: 300 such packets took 1 GB, now 100 MB.
 */
export class PacketRequest extends IncomingMessage {
  constructor(socket: Socket) {
    // oxlint-disable-next-line no-constructor-return -- Node takes what the constructor returns
    if (socket.destroyed) return discardedRequest(socket)
    super(socket)
  }
}

/** The response of a `PacketRequest`. */
export class PacketResponse extends ServerResponse {
  constructor(request: IncomingMessage, options?: object) {
    // oxlint-disable-next-line no-constructor-return -- Node takes what the constructor returns
    if (request.socket.destroyed) return discardedResponse(request)
    // @ts-expect-error Node passes options that its types do not declare.
    super(request, options)
  }
}

function discardedRequest(socket: Socket): IncomingMessage {
  const request = requests.get(socket) ?? new IncomingMessage(socket)
  requests.set(socket, request)
  return request
}

/** Node adds listeners to every response, and assigns the socket to it: neither may happen twice. */
function discardedResponse(request: IncomingMessage): ServerResponse {
  const known = responses.get(request)
  if (known) return known
  const response = new ServerResponse(request)
  response.on = () => response
  response.assignSocket = () => {}
  responses.set(request, response)
  return response
}
