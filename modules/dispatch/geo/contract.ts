import protobuf from 'protobufjs'

/** The contract of the course. Generation D sends the whole address under the number of the street, so the two never meet. */
const source = (request: string) => `
  syntax = "proto3";
  package geo;
  message Address { string country = 1; string city = 2; string street = 3; string house = 4; string apartment = 5; }
  message GetGeolocationRequest { ${request} = 1; }
  message Location { int32 x = 1; int32 y = 2; }
  message GetGeolocationReply { Location location = 1; }
`

/** The path of the only call. */
export const geolocationPath = '/geo.Geo/GetGeolocation'

type Codec = Readonly<{ encode: (message: object) => Buffer; decode: (bytes: Uint8Array) => unknown }>

function codecOf(root: protobuf.Root, name: string): Codec {
  const type = root.lookupType(`geo.${name}`)
  return {
    encode: (message) => Buffer.from(type.encode(type.create(message)).finish()),
    decode: (bytes) => type.toObject(type.decode(bytes), { defaults: true }),
  }
}

/** Requests carry the street, or the address in parts. */
export type GeoContract = 'street' | 'address'

/** Encodes and decodes the request and the reply. */
export function geoCodecs(contract: GeoContract): Readonly<{ request: Codec; reply: Codec }> {
  const { root } = protobuf.parse(source(contract === 'street' ? 'string street' : 'Address address'))
  return { request: codecOf(root, 'GetGeolocationRequest'), reply: codecOf(root, 'GetGeolocationReply') }
}
